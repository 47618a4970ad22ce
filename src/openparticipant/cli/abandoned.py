"""`abandoned`: which uploads will vanish, and when, unless somebody completes them."""

from __future__ import annotations

from openparticipant.cli.own_command import ask
from openparticipant.cli.records import OPTIONS, open_records, pages
from openparticipant.cli.refusal import UnknownOptionsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openparticipant.cli.environment import Environment

_LINE = "{:24}  {:36}  {:36}  {}\n"


def run(arguments: list[str], world: Environment) -> int:
    """List what is pending; returns 1 when it cannot be read. Nothing is changed."""
    asked = ask(arguments, OPTIONS)
    if asked.wants_help:
        from openparticipant.cli import help as manual  # noqa: PLC0415

        world.write(manual.own_command("abandoned", world.program))
        return 0
    if asked.words:
        raise UnknownOptionsError(asked.words)
    with open_records(asked, world) as records:
        if "--json" not in asked.values:
            world.write(_LINE.format("VANISHES", "CONTACT", "ATTACHMENT", "BYTES"))
        for page in pages(records, "ListPendingUploads", {}):
            uploads = page["PendingUploads"]
            if "--json" in asked.values:
                from openparticipant.cli.json_lines import json_lines  # noqa: PLC0415

                world.write(json_lines(uploads))
                continue
            world.write(
                "".join(
                    _LINE.format(
                        it["VanishesAt"], it["ContactId"], it["AttachmentId"], it["SizeInBytes"]
                    )
                    for it in uploads
                )
            )
    return 0
