"""Where a command gets its token from.

On the command line a token shows in the process list and the shell's history, so there are three
other ways: a file, standard input, the environment.
"""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError
from openparticipant.cli.scan import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from openparticipant.cli.environment import Environment

VARIABLES = {
    "ConnectionToken": "OPENPARTICIPANT_CONNECTION_TOKEN",
    "ParticipantToken": "OPENPARTICIPANT_PARTICIPANT_TOKEN",
}
OPTIONS = {"ConnectionToken": "--connection-token", "ParticipantToken": "--participant-token"}
STDIN = "-"
FILES = {name: f"{option}-file" for name, option in OPTIONS.items()}


def file_option(bearer: str) -> Option:
    """Return the option that names a file with the token."""
    return Option(FILES[bearer], exact=True)


def is_given(bearer: str, values: Mapping[str, Any], world: Environment) -> bool:
    """Tell whether there is any token."""
    named = OPTIONS[bearer] in values or FILES[bearer] in values
    return named or bool(world.environ.get(VARIABLES[bearer]))


def find(bearer: str, values: Mapping[str, Any], world: Environment) -> str:
    """Return the token: by option (`-` reads standard input), by file, else the environment's.

    Raises CommandError when a file cannot be read.
    """
    option, file = values.get(OPTIONS[bearer]), values.get(FILES[bearer])
    if option == STDIN:
        return _line(world.stdin.readline() if world.stdin is not None else b"")
    if option is not None:
        return _loaded(OPTIONS[bearer], option)
    if file is None:
        return world.environ[VARIABLES[bearer]]
    try:
        with open(file, "rb") as opened:  # noqa: PTH123 - pathlib would slow the start
            return _line(opened.read(64 * 1024))
    except OSError as error:
        raise CommandError(f"Error parsing parameter '{FILES[bearer]}': {error}") from None


def _loaded(option: str, word: str) -> str:
    from openparticipant.cli.parameter_file import loaded  # noqa: PLC0415 - the rarest way

    token = loaded(option, word)
    return _line(token) if isinstance(token, bytes) else token


def _line(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape").strip("\r\n")
