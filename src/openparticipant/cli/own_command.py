"""What the commands of our own share: their options, and the client they speak through."""

from __future__ import annotations

from openparticipant.cli import bearer
from openparticipant.cli.global_options import GLOBALS, read
from openparticipant.cli.refusal import CommandError, UsageError
from openparticipant.cli.scan import HELP, Option, scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openparticipant.cli.client import Client
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.participant import Participant
    from openparticipant.cli.profile import Profile
    from openparticipant.cli.services import Service

_KIND = "ConnectionToken"
# Of the commands about files.
_SHARED = (
    Option(bearer.OPTIONS[_KIND], exact=True),
    bearer.file_option(_KIND),
    Option("--json", takes="nothing", exact=True),
    Option("--parallel", convert=int, exact=True),
)


class Asked:
    """What was asked of a command: its options, the global ones, and its plain words."""

    __slots__ = ("options", "values", "words")

    def __init__(self, values: dict[str, Any], words: list[str]) -> None:
        self.values = values
        self.options: GlobalOptions = read(values)
        self.words = words

    @property
    def wants_help(self) -> bool:
        """Tell whether a page of help is all that is wanted."""
        return "help" in self.values or self.words == ["help"]


def ask(arguments: list[str], options: tuple[Option, ...]) -> Asked:
    """Take the arguments apart; raises UsageError or UnknownOptionsError."""
    known = (*GLOBALS, *options, *HELP)
    scanned = scan(arguments, known)
    unknown = [word for word in scanned.rest if word.startswith("-") and word != "-"]
    if unknown:
        from openparticipant.cli.suggestion import unknown_options  # noqa: PLC0415 - a mistake

        raise unknown_options(unknown, arguments, known)
    words = [] if scanned.word is None else [scanned.word, *scanned.rest]
    return Asked(scanned.values, words)


def ask_about_files(
    command: str, word: str, arguments: list[str], options: tuple[Option, ...], world: Environment
) -> Asked | None:
    """Take the arguments of `attach` or `download` apart, whose words name files.

    Returns None where a page of help was all that was wanted. Raises UsageError.
    """
    asked = ask(arguments, (*_SHARED, *options))
    if asked.wants_help:
        from openparticipant.cli import help as pages  # noqa: PLC0415

        world.write(pages.own_command(command, world.program))
        return None
    if not asked.words:
        raise UsageError(f"the following arguments are required: {word}")
    return asked


def participant(asked: Asked, world: Environment) -> Participant:
    """Return who is to speak; raises UsageError where there is no connection token."""
    from openparticipant.cli.participant import Participant  # noqa: PLC0415 - likewise

    token = _connection_token(asked, world)
    return Participant(participant_client(asked, world), token)


def _connection_token(asked: Asked, world: Environment) -> str:
    if not bearer.is_given(_KIND, asked.values, world):
        raise UsageError(
            f"a connection token is required: {bearer.OPTIONS[_KIND]}, {bearer.FILES[_KIND]} "
            f"or the variable {bearer.VARIABLES[_KIND]}"
        )
    token = bearer.find(_KIND, asked.values, world)
    if not token:
        raise CommandError("The connection token is empty.")
    return token


def participant_client(asked: Asked, world: Environment) -> Client:
    """Return a client of the participant service."""
    from openparticipant.cli.profile import load  # noqa: PLC0415 - not for a page of help
    from openparticipant.cli.services import participant  # noqa: PLC0415 - likewise

    return client(participant(), asked.options, world, load(world.environ, asked.options.profile))


def client(
    service: Service, options: GlobalOptions, world: Environment, profile: Profile
) -> Client:
    """Return a client of a service, where the options and the profile say that it is."""
    return service.client(options, world, profile, service.endpoint(options, world, profile))
