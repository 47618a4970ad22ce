"""`purge CONTACT …`: remove all that there is of chats."""

from __future__ import annotations

from openparticipant.cli.own_command import ask
from openparticipant.cli.records import OPTIONS, NoRecordsError, open_records
from openparticipant.cli.refusal import UsageError
from openparticipant.cli.scan import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openparticipant.cli.environment import Environment

_OPTIONS = (*OPTIONS, Option("--end", takes="nothing", exact=True))


def run(arguments: list[str], world: Environment) -> int:
    """Remove contacts, one after the other; returns 1 if one of them could not be."""
    asked = ask(arguments, _OPTIONS)
    if asked.wants_help:
        from openparticipant.cli import help as manual  # noqa: PLC0415

        world.write(manual.own_command("purge", world.program))
        return 0
    if not all(asked.words) or not asked.words:
        raise UsageError("the following arguments are required: CONTACT")
    status = 0
    with open_records(asked, world) as records:
        for contact_id in asked.words:
            members = {"ContactId": contact_id, "EndFirst": "--end" in asked.values}
            try:
                done = records.call("PurgeContact", members)
            except NoRecordsError as error:
                world.complain(f"{world.program}: {contact_id}: {error}\n")
                status = 1
                continue
            if "--json" in asked.values:
                from openparticipant.cli.json_lines import json_lines  # noqa: PLC0415

                world.write(json_lines([done]))
            else:
                world.write(f"{contact_id}  {done['State'].lower()}\n")
    return status
