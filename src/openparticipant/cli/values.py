"""Turn the words of an option into the value of a member."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openparticipant.cli.table import Shape


def member_value(option: str, shape: Shape, value: Any) -> Any:
    """Return the value that an option's words spell; raises CommandError when they spell none."""
    if shape["type"] == "list":
        if len(value) == 1 and value[0].strip().startswith("["):
            return _json(option, value[0])
        return value
    if shape["type"] == "structure":
        if value.lstrip().startswith("{"):
            return _json(option, value)
        return _shorthand(option, value, shape["members"])
    return value


def _json(option: str, text: str) -> Any:
    import json  # noqa: PLC0415 - few options are structures

    try:
        return json.loads(text)
    except ValueError as error:
        raise CommandError(
            f"Error parsing parameter '{option}': Invalid JSON: {error}\nJSON received: {text}"
        ) from None


def _shorthand(option: str, text: str, members: dict[str, Shape]) -> dict[str, Any]:
    """Read `Name=value,Name=value`; a comma in a value needs a backslash."""
    found: dict[str, Any] = {}
    for part in text.replace("\\,", "\0").split(","):
        name, equals, value = part.replace("\0", ",").partition("=")
        if not equals or name in found:
            raise CommandError(
                f"Error parsing parameter '{option}': Expected Name=value,Name=value or JSON, "
                f"received: {text}"
            )
        shape = members.get(name)
        found[name] = _number(value) if shape and shape["type"] == "integer" else value.strip()
    return found


def _number(word: str) -> int:
    try:
        return int(word)
    except ValueError as error:
        raise CommandError(str(error)) from None
