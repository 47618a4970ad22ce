"""What the client checks before anything is sent, in the words of the `aws` command.

Types and minima only: whatever else is wrong, the service says.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from openparticipant.cli.table import Shape

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "list": (list, tuple),
    "map": (dict,),
    "structure": (dict,),
}


def problems(values: object, members: Mapping[str, Shape]) -> list[str]:
    """Return a sentence for each thing that is wrong with a structure, in order."""
    found: list[str] = []
    _check(values, {"type": "structure", "members": dict(members)}, "", found)
    return found


def _check(value: object, shape: Shape, name: str, found: list[str]) -> None:
    types = _TYPES[shape["type"]]
    if not isinstance(value, types):
        valid = ", ".join(str(each) for each in types)
        found.append(
            f"Invalid type for parameter {name or 'input'}, value: {value}, "
            f"type: {type(value)}, valid types: {valid}"
        )
    elif isinstance(value, dict):
        _check_structure(value, shape.get("members", {}), name, found)
    elif isinstance(value, str):
        _check_minimum(len(value), shape, name, "length", found)
    elif isinstance(value, list | tuple):
        _check_minimum(len(value), shape, name, "length", found)
        for index, each in enumerate(value):
            _check(each, shape["element"], f"{name}[{index}]", found)
    elif isinstance(value, int):
        _check_minimum(value, shape, name, "value", found)


def _check_minimum(size: int, shape: Shape, name: str, what: str, found: list[str]) -> None:
    least = shape.get("min")
    if least is not None and size < least:
        found.append(
            f"Invalid {what} for parameter {name}, value: {size}, valid min {what}: {least}"
        )


def _check_structure(
    value: dict[str, object], members: Mapping[str, Shape], name: str, found: list[str]
) -> None:
    shown = name or "input"
    found.extend(
        f'Missing required parameter in {shown}: "{member}"'
        for member, shape in members.items()
        if shape.get("required") and member not in value
    )
    found.extend(
        f'Unknown parameter in {shown}: "{member}", must be one of: {", ".join(members)}'
        for member in value
        if member not in members
    )
    for member, each in value.items():
        if member in members:
            _check(each, members[member], f"{name}.{member}".removeprefix("."), found)
