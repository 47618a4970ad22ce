"""Turn the words of an option into the value of a member."""

from __future__ import annotations

from openparticipant.cli.parameter_file import loaded
from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openparticipant.cli.table import Shape


def member_value(option: str, shape: Shape, value: Any) -> Any:
    """Return the value that an option's words spell; raises CommandError when they spell none."""
    match shape["type"]:
        case "list":
            return _list(option, value)
        case "structure" | "map":
            return _structure(option, loaded(option, value), shape)
        case "integer":
            return _number(loaded(option, value))
        case "string":
            return loaded(option, value)
        case _:
            return value


def _list(option: str, words: list[str]) -> Any:
    if len(words) != 1:
        return words
    word = loaded(option, words[0])
    if isinstance(word, str) and word.lstrip().startswith("["):
        return _json(option, word)
    return [word]


def _structure(option: str, text: str | bytes, shape: Shape) -> Any:
    if isinstance(text, bytes):
        return text
    start = text.lstrip()[:1]
    if start == "{":
        return _json(option, text)
    if start == "[":
        raise CommandError(f"Error parsing parameter '{option}': Invalid JSON:\n{text}")

    from openparticipant.cli.shorthand import ShorthandError, parse  # noqa: PLC0415 - seldom

    try:
        found = parse(text)
    except ShorthandError as error:
        raise CommandError(f"Error parsing parameter '{option}': {error}") from None
    for name, member in shape.get("members", {}).items():
        if member["type"] == "integer" and name in found:
            found[name] = _number(found[name])
    return found


def _json(option: str, text: str) -> Any:
    import json  # noqa: PLC0415 - few options are lists or structures
    from collections import OrderedDict  # noqa: PLC0415 - its name shows in sentences about types

    try:
        return json.loads(text, object_pairs_hook=OrderedDict)
    except ValueError as error:
        raise CommandError(
            f"Error parsing parameter '{option}': Invalid JSON: {error}\nJSON received: {text}"
        ) from None
    except RecursionError as error:
        raise CommandError(str(error)) from None


def _number(word: Any) -> int:
    try:
        return int(word)
    except (TypeError, ValueError) as error:
        raise CommandError(str(error)) from None
