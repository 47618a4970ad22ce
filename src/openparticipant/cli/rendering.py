"""Put an answer on standard output."""

from __future__ import annotations

import json

from openparticipant.cli.refusal import CommandError
from openparticipant.cli.timestamps import as_it_came

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

    from openparticipant.cli.table import Shape

    Moment: TypeAlias = Callable[[Any], Any]


def modelled(
    value: Mapping[str, Any], members: Mapping[str, Shape], moment: Moment = as_it_came
) -> dict[str, Any]:
    """Keep the members that the model knows, in its order; absent and null ones fall off.

    `moment` writes timestamps.
    """
    return {
        name: _modelled(value[name], shape, moment)
        for name, shape in members.items()
        if value.get(name) is not None
    }


def _modelled(value: Any, shape: Shape, moment: Moment) -> Any:
    match shape["type"], value:
        case "structure", dict():
            return modelled(value, shape["members"], moment)
        case "list", list():
            return [_modelled(each, shape["element"], moment) for each in value]
        case "integer" | "long", bool() | float() | str():
            return _whole(value)
        case "timestamp", _:
            return moment(value)
        case _:
            return value


def _whole(value: float | str) -> int:
    try:
        return int(value)
    except (OverflowError, ValueError) as error:
        raise CommandError(str(error)) from None


def json_text(value: object) -> str:
    """Write a value the way the `aws` command does; an empty object is nothing at all."""
    if value == {}:
        return ""
    return json.dumps(value, indent=4, ensure_ascii=False, default=_refuse) + "\n"


def _refuse(_: object) -> None:
    # A query can end in an expression that was meant for a function.
    raise CommandError("Encountered unrecognized type in JSON encoder.")
