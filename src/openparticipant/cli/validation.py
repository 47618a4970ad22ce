"""What the client checks before anything is sent, in the words of the `aws` command.

Types and minima only: whatever else is wrong, the service says.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from openparticipant.cli.table import Operation, Shape

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "list": (list, tuple),
    "map": (dict,),
    "structure": (dict,),
}


def problems(values: Mapping[str, object], operation: Operation) -> list[str]:
    """Return a sentence for each thing that is wrong with a request, in order.

    Values are shown, but never what stands where the token belongs.
    """
    checking = _Checking(operation["bearer"])
    checking.structure(values, operation["input"], "")
    return checking.found


class _Checking:
    """What was found wrong so far."""

    def __init__(self, secret: str) -> None:
        self.found: list[str] = []
        self._secret = secret

    def structure(
        self, value: Mapping[str, object], members: Mapping[str, Shape], name: str
    ) -> None:
        shown = name or "input"
        self.found.extend(
            f'Missing required parameter in {shown}: "{member}"'
            for member, shape in members.items()
            if shape.get("required") and member not in value
        )
        self.found.extend(
            f'Unknown parameter in {shown}: "{member}", must be one of: {", ".join(members)}'
            for member in value
            if member not in members
        )
        for member, each in value.items():
            if member in members:
                self._value(each, members[member], f"{name}.{member}".removeprefix("."))

    def _value(self, value: object, shape: Shape, name: str) -> None:
        types = _TYPES[shape["type"]]
        if not isinstance(value, types):
            valid = ", ".join(str(each) for each in types)
            shown = "[hidden]" if name == self._secret and value is not None else value
            self.found.append(
                f"Invalid type for parameter {name}, value: {shown}, "
                f"type: {type(value)}, valid types: {valid}"
            )
        elif isinstance(value, dict):
            if shape["type"] == "map":
                self._map(value, shape, name)
            else:
                self.structure(value, shape["members"], name)
        elif isinstance(value, str):
            self._minimum(len(value), shape, name, "length")
        elif isinstance(value, list | tuple):
            self._minimum(len(value), shape, name, "length")
            for index, each in enumerate(value):
                self._value(each, shape["element"], f"{name}[{index}]")
        elif isinstance(value, int):
            self._minimum(value, shape, name, "value")

    def _map(self, value: Mapping[str, object], shape: Shape, name: str) -> None:
        for key, each in value.items():
            self._value(key, shape["key"], f"{name} (key: {key})")
            self._value(each, shape["value"], f"{name}.{key}")

    def _minimum(self, size: int, shape: Shape, name: str, what: str) -> None:
        least = shape.get("min")
        if least is not None and size < least:
            self.found.append(
                f"Invalid {what} for parameter {name}, value: {size}, valid min {what}: {least}"
            )
