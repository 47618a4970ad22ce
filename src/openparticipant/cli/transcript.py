"""`transcript CONTACT`: all that was said in a chat, also after its end."""

from __future__ import annotations

from openparticipant.cli.own_command import ask
from openparticipant.cli.records import OPTIONS, open_records, pages
from openparticipant.cli.refusal import UnknownOptionsError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openparticipant.cli.environment import Environment


def run(arguments: list[str], world: Environment) -> int:
    """Print a transcript, the oldest item first; returns 1 when it cannot be read."""
    asked = ask(arguments, OPTIONS)
    if asked.wants_help:
        from openparticipant.cli import help as manual  # noqa: PLC0415

        world.write(manual.own_command("transcript", world.program))
        return 0
    if not asked.words or not asked.words[0]:
        raise UsageError("the following arguments are required: CONTACT")
    if len(asked.words) > 1:
        raise UnknownOptionsError(asked.words[1:])
    with open_records(asked, world) as records:
        answers = pages(records, "GetContactTranscript", {"ContactId": asked.words[0]})
        if "--json" in asked.values:
            from openparticipant.cli.json_lines import json_lines  # noqa: PLC0415

            for page in answers:
                world.write(json_lines(page["Transcript"]))
            return 0

        from openparticipant.cli.conversation import Conversation  # noqa: PLC0415

        conversation: Conversation | None = None
        for page in answers:
            if conversation is None:
                conversation = Conversation()
                world.write(conversation.title(page["Contact"]))
            world.write(conversation.text(page["Transcript"]))
    return 0
