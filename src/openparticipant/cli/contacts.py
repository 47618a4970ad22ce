"""`contacts`: the chats of a server, open and ended, the newest first."""

from __future__ import annotations

from openparticipant.cli.own_command import ask
from openparticipant.cli.records import OPTIONS, instant, open_records, pages
from openparticipant.cli.refusal import UnknownOptionsError, UsageError
from openparticipant.cli.scan import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.own_command import Asked

_OPTIONS = (
    *OPTIONS,
    Option("--ended", takes="nothing", exact=True),
    Option("--instance-id", exact=True),
    Option("--open", takes="nothing", exact=True),
    Option("--since", exact=True),
    Option("--until", exact=True),
)
_INSTANT = len("2026-01-31T10:15:24.656Z")
# Title, member and width; what is wider moves the rest of its line. Free text comes last.
_COLUMNS = (
    ("CONTACT", "Id", 36),
    ("STATE", "State", 5),
    ("STARTED", "StartedAt", _INSTANT),
    ("ENDED", "EndedAt", _INSTANT),
    ("PARTICIPANTS", "ParticipantCount", 12),
    ("ITEMS", "ItemCount", 5),
    ("INSTANCE", "InstanceId", 12),
    ("REASON", "DisconnectReason", 0),
)


def run(arguments: list[str], world: Environment) -> int:
    """List contacts; returns 1 when they cannot be read."""
    asked = ask(arguments, _OPTIONS)
    if asked.wants_help:
        from openparticipant.cli import help as manual  # noqa: PLC0415

        world.write(manual.own_command("contacts", world.program))
        return 0
    if asked.words:
        raise UnknownOptionsError(asked.words)
    wanted = _wanted(asked)
    with open_records(asked, world) as records:
        is_first = True
        for page in pages(records, "ListContacts", wanted):
            if "--json" in asked.values:
                from openparticipant.cli.json_lines import json_lines  # noqa: PLC0415

                world.write(json_lines(page["Contacts"]))
                continue
            rows = [_row(contact) for contact in page["Contacts"]]
            if is_first:
                rows.insert(0, _line([title for title, _, _ in _COLUMNS]))
                is_first = False
            world.write("".join(rows))
    return 0


def _wanted(asked: Asked) -> dict[str, str]:
    values = asked.values
    if "--open" in values and "--ended" in values:
        raise UsageError("--open and --ended exclude each other")
    wanted = {}
    if "--open" in values or "--ended" in values:
        wanted["State"] = "OPEN" if "--open" in values else "ENDED"
    if "--instance-id" in values:
        wanted["InstanceId"] = values["--instance-id"]
    for option, member in (("--since", "StartedSince"), ("--until", "StartedUntil")):
        if option in values:
            wanted[member] = instant(option, values[option])
    return wanted


def _row(contact: Mapping[str, Any]) -> str:
    from openparticipant.cli.safe_text import printable  # noqa: PLC0415 - JSON needs none

    return _line([printable(str(contact.get(member, "-"))) for _, member, _ in _COLUMNS])


def _line(cells: list[str]) -> str:
    widths = [width for _, _, width in _COLUMNS]
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip() + "\n"
