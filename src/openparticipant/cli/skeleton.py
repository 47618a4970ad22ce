"""`--generate-cli-skeleton`: a request to fill in, or a sample of what comes back.

Unlike the `aws` command, the same words always print the same, and a sample of an answer obeys the
bounds of the model, so that there is one for every operation.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from openparticipant.cli.table import Operation, Shape

OPTION = "--generate-cli-skeleton"
INPUT = "input"
OUTPUT = "output"
# An element has no name of its own; these are what AWS's model calls it.
_ELEMENTS = {"Actions": "ViewAction"}


def input_text(operation: Operation) -> str:
    """Return the JSON of a request, every member with an empty value."""
    # Without the json module, which would be a third of the time.
    return _text(_blanks(operation["input"]), "\n") + "\n"


def output_sample(operation: Operation) -> dict[str, Any]:
    """Return an answer whose strings are the names of their members."""
    return _samples(operation["output"])


def _blanks(members: Mapping[str, Shape]) -> dict[str, Any]:
    return {name: _blank(shape) for name, shape in members.items()}


def _blank(shape: Shape) -> Any:
    match shape["type"]:
        case "structure":
            return _blanks(shape["members"])
        case "list":
            return [_blank(shape["element"])]
        case "map":
            return {"KeyName": _blank(shape["value"])}
        case "boolean":
            return True
        case "integer" | "long":
            return 0
        case _:
            return shape["enum"][0] if "enum" in shape else ""


def _samples(members: Mapping[str, Shape]) -> dict[str, Any]:
    return {name: _sample(name, shape) for name, shape in members.items()}


def _sample(name: str, shape: Shape) -> Any:
    match shape["type"]:
        case "structure":
            return _samples(shape["members"])
        case "list":
            return [_sample(_ELEMENTS.get(name, name), shape["element"])]
        case "map":
            return {"KeyName": "Value"}
        case "boolean":
            return True
        case "integer" | "long" | "timestamp":
            return max(0, shape.get("min", 0))
        case _:
            return name


def _text(value: Any, line: str) -> str:
    inner = f"{line}    "
    match value:
        case dict():
            rows = [f'"{name}": {_text(each, inner)}' for name, each in value.items()]
            return f"{{{inner}{f',{inner}'.join(rows)}{line}}}"
        case list():
            return f"[{inner}{f',{inner}'.join(_text(each, inner) for each in value)}{line}]"
        case str():
            return f'"{value}"'
        case _:
            return str(value).lower()
