"""`audit`: who did what, the oldest first."""

from __future__ import annotations

from openparticipant.cli.own_command import ask
from openparticipant.cli.records import OPTIONS, instant, open_records, pages
from openparticipant.cli.refusal import UnknownOptionsError
from openparticipant.cli.scan import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from openparticipant.cli.environment import Environment

_MEMBERS = {"--attachment-id": "AttachmentId", "--contact-id": "ContactId"}
_INSTANTS = {"--since": "Since", "--until": "Until"}
_OPTIONS = (*OPTIONS, *(Option(name, exact=True) for name in (*_MEMBERS, *_INSTANTS)))
_LINE = "{:24}  {:16}  {:36}  {:36}  {:36}  {:36}  {}"
_TITLES = ("AT", "EVENT", "ACTOR", "CONTACT", "ATTACHMENT", "REQUEST", "DETAIL")
_COLUMNS = ("At", "Event", "Actor", "ContactId", "AttachmentId", "RequestId", "Detail")


def run(arguments: list[str], world: Environment) -> int:
    """List what was done; returns 1 when it cannot be read."""
    asked = ask(arguments, _OPTIONS)
    if asked.wants_help:
        from openparticipant.cli import help as manual  # noqa: PLC0415

        world.write(manual.own_command("audit", world.program))
        return 0
    if asked.words:
        raise UnknownOptionsError(asked.words)
    values = asked.values
    wanted = {member: values[name] for name, member in _MEMBERS.items() if name in values}
    for name, member in _INSTANTS.items():
        if name in values:
            wanted[member] = instant(name, values[name])
    with open_records(asked, world) as records:
        if "--json" not in values:
            world.write(_line(_TITLES))
        for page in pages(records, "ListAuditEvents", wanted):
            if "--json" in values:
                from openparticipant.cli.json_lines import json_lines  # noqa: PLC0415

                world.write(json_lines(page["Events"]))
            else:
                world.write("".join(_row(event) for event in page["Events"]))
    return 0


def _row(event: Mapping[str, Any]) -> str:
    from openparticipant.cli.safe_text import printable  # noqa: PLC0415 - JSON needs none

    return _line([printable(str(event.get(member, "-"))) for member in _COLUMNS])


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return _LINE.format(*cells).rstrip() + "\n"
