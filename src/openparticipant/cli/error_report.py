"""Errors as one line of JSON, for scripts: `--error-format json`."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OPTION = "--error-format"


def is_wanted(words: Sequence[str]) -> bool:
    """Tell whether the words ask for JSON, also where they are wrong otherwise."""
    wanted = ""
    for at, word in enumerate(words):
        if word == _OPTION:
            wanted = words[at + 1] if at + 1 < len(words) else ""
        elif word.startswith(f"{_OPTION}="):
            wanted = word.partition("=")[2]
    return wanted == "json"


def report(error: Exception) -> str:
    """Return the line: code and message, of a service's error also all that tells of the call."""
    if isinstance(error, CommandError):
        return line(error.details())
    # Nothing else looks at the world outside without saying so itself.
    code = "Output" if isinstance(error, OSError) else CommandError.code
    return line({"Code": code, "Message": str(error)})


def line(details: Mapping[str, object]) -> str:
    """Return details of an error as one line."""
    import json  # noqa: PLC0415 - most errors are told in words

    return json.dumps(details) + "\n"
