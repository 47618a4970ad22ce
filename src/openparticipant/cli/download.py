"""`download ATTACHMENT_ID`: an attachment from the chat onto the disk, whole or not at all."""

from __future__ import annotations

from openparticipant.cli.own_command import (
    ask,
    connection_options,
    connection_token,
    participant_client,
)
from openparticipant.cli.refusal import CommandError, UnknownOptionsError, UsageError
from openparticipant.cli.scan import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openparticipant.cli.environment import Environment

_OPTIONS = (
    *connection_options(),
    Option("-o", into="--out", exact=True),
    Option("--out", exact=True),
    Option("--force", takes="nothing", exact=True),
)


def run(arguments: list[str], world: Environment) -> int:
    """Save one attachment and print the name of the file; returns 1 when that fails."""
    asked = ask(arguments, _OPTIONS)
    if asked.wants_help:
        from openparticipant.cli import help as pages  # noqa: PLC0415

        world.write(pages.own_command("download", world.program))
        return 0
    if not asked.words:
        raise UsageError("the following arguments are required: ATTACHMENT_ID")
    if len(asked.words) > 1:
        raise UnknownOptionsError(asked.words[1:])
    token = connection_token(asked, world)
    client = participant_client(asked, world)

    from openparticipant.cli.fetching import Fetching  # noqa: PLC0415 - not for a page of help
    from openparticipant.cli.safe_text import printable  # noqa: PLC0415
    from openparticipant.cli.saving import Saving  # noqa: PLC0415

    fetching = Fetching(client, token, asked.words[0])
    target = asked.values.get("--out")
    try:
        if target == "-":
            fetching.run(_StandardOutput(world))
            return 0
        with Saving(target, world.uuid(), force="--force" in asked.values) as saving:
            fetching.run(saving)
            saving.keep()
    except BrokenPipeError:
        raise  # the reader of our output has gone
    except (CommandError, OSError) as error:
        reason = str(error)
        if isinstance(error, OSError):
            reason = ": ".join(str(part) for part in (error.strerror, error.filename) if part)
        world.complain(f"{world.program}: {printable(asked.words[0])}: {printable(reason)}\n")
        return 1
    world.write(f"{printable(saving.path)}\n")
    return 0


class _StandardOutput:
    """Bytes that cannot be taken back."""

    def __init__(self, world: Environment) -> None:
        self._world = world
        self._begun = False

    def begin(self, name: str) -> None:
        del name
        if self._begun:
            raise CommandError("the connection was lost in the middle of the output")

    def write(self, piece: bytes) -> None:
        self._begun = True
        self._world.write(piece)
