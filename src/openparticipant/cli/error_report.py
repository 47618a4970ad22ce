"""Errors as one line of JSON, for scripts: `--error-format json`."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

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
    import json  # noqa: PLC0415 - most errors are told in words

    if isinstance(error, CommandError):
        details = error.details()
    else:
        # Nothing else looks at the world outside without saying so itself.
        code = "Output" if isinstance(error, OSError) else CommandError.code
        details = {"Code": code, "Message": str(error)}
    return json.dumps(details) + "\n"
