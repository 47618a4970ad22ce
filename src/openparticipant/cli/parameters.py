"""The members of a request, from options and from a JSON object."""

from __future__ import annotations

from openparticipant.cli import bearer
from openparticipant.cli.operations import INPUT_JSON, option_name
from openparticipant.cli.values import member_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.table import Operation, Shape


def from_options(
    operation: Operation, values: dict[str, Any], world: Environment
) -> dict[str, Any]:
    """Return the members that options give, in the model's order; raises CommandError."""
    members = {}
    for member, shape in operation["input"].items():
        if member == operation["bearer"] and _is_ours(member, values):
            members[member] = bearer.find(member, values, world)
        elif option_name(member) in values:
            members[member] = _value(member, shape, values)
    return members


def completed(
    operation: Operation, members: dict[str, Any], values: dict[str, Any], world: Environment
) -> dict[str, Any]:
    """Return the members with those that only the JSON object has behind them.

    A token from the environment counts only where neither has one. Raises CommandError.
    """
    whole = dict(members)
    if INPUT_JSON in values:
        from openparticipant.cli import input_json  # noqa: PLC0415

        document = input_json.read(values[INPUT_JSON], world)
        whole |= {name: each for name, each in document.items() if name not in whole}
    token = operation["bearer"]
    if token and token not in whole and bearer.is_given(token, {}, world):
        whole[token] = bearer.find(token, {}, world)
    return whole


def _is_ours(token: str, values: dict[str, Any]) -> bool:
    """Tell whether a token comes in a way that the `aws` command lacks."""
    word = values.get(bearer.OPTIONS[token])
    return word == bearer.STDIN or (word is None and bearer.FILES[token] in values)


def _value(member: str, shape: Shape, values: dict[str, Any]) -> Any:
    name = option_name(member)
    return member_value(name, shape, values[name])
