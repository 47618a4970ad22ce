"""`--cli-input-json`: the members of a request as one JSON object."""

from __future__ import annotations

import json

from openparticipant.cli.operations import INPUT_JSON
from openparticipant.cli.parameter_file import loaded
from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openparticipant.cli.environment import Environment


def read(word: str, world: Environment) -> dict[str, Any]:
    """Return the object: `-` reads it from standard input, `file://PATH` from a file.

    Raises CommandError. What was received is not shown, for there is a token in it.
    """
    if word == "-":
        text: str | bytes = world.stdin.read() if world.stdin is not None else b""
    else:
        text = loaded(INPUT_JSON, word)
    try:
        value = json.loads(text)
    except ValueError as error:
        raise CommandError(
            f"Error parsing parameter '{INPUT_JSON[2:]}': Invalid JSON: {error}"
        ) from None
    except RecursionError as error:
        raise CommandError(str(error)) from None
    if not isinstance(value, dict):
        raise CommandError(f"'{type(value).__name__}' object has no attribute 'keys'")
    return value
