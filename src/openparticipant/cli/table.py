"""The form of the generated table; for type checkers, never imported when a command runs."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

Kind = Literal["string", "integer", "long", "boolean", "timestamp", "list", "structure", "map"]


class Shape(TypedDict):
    """What a value may be. Bounds are of length for strings and lists, else of value."""

    type: Kind
    min: NotRequired[int]
    max: NotRequired[int]
    enum: NotRequired[tuple[str, ...]]
    element: NotRequired[Shape]
    key: NotRequired[Shape]
    value: NotRequired[Shape]
    members: NotRequired[dict[str, Shape]]
    required: NotRequired[bool]


class Operation(TypedDict):
    """One call.

    Members stand in the model's order; `bearer` names the one that is a header, or is empty where
    the request is signed instead.
    """

    name: str
    method: str
    path: str
    bearer: str
    input: dict[str, Shape]
    output: dict[str, Shape]
