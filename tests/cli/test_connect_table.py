"""The control plane's table of literals, against AWS's model of `connect`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from openparticipant.cli.connect_model import OPERATIONS
from openparticipant.cli.operations import option_name
from openparticipant.cli.table import Shape
from openparticipant.wire.service import CONTROL

MODEL = botocore.session.get_session().get_service_model("connect")


def test_every_operation_of_the_control_plane_is_a_command() -> None:
    """Spelled as AWS spells them, in the order of its list."""
    served = {operation.name for operation in CONTROL}

    known = [xform_name(name, "-") for name in MODEL.operation_names if name in served]
    assert list(OPERATIONS) == known
    assert len(known) == len(served)


@pytest.mark.parametrize("command", OPERATIONS)
def test_a_request_is_the_models(command: str) -> None:
    """Route, no bearer, and the members that both have: order, type, minimum, whether required."""
    row = OPERATIONS[command]
    model = MODEL.operation_model(row["name"])

    assert (row["method"], row["path"]) == (model.http["method"], model.http["requestUri"])
    assert row["bearer"] == ""
    assert list(ours(row["input"])) == list(theirs(model.input_shape, row["input"]))
    assert [option_name(member) for member in row["input"]] == [
        f"--{xform_name(name, '-')}" for name in model.input_shape.members if name in row["input"]
    ]


@pytest.mark.parametrize("command", OPERATIONS)
def test_an_answer_is_the_models(command: str) -> None:
    """The members that both have: their order shows in what is printed."""
    row = OPERATIONS[command]
    shape = MODEL.operation_model(row["name"]).output_shape

    found = list(theirs(shape, row["output"])) if shape else []
    assert [fact[:2] for fact in ours(row["output"])] == [fact[:2] for fact in found]


Fact = tuple[str, str, int | None, bool]


def ours(members: dict[str, Shape], above: str = "") -> Iterator[Fact]:
    for name, shape in members.items():
        least = shape.get("min")
        yield f"{above}{name}", shape["type"], least, bool(shape.get("required"))
        yield from ours(shape.get("members", {}), f"{above}{name}.")
        parts = (shape.get("element"), shape.get("key"), shape.get("value"))
        for part in parts:
            if part is not None:
                yield f"{above}{name}[]", part["type"], part.get("min"), False


def theirs(shape: Any, known: dict[str, Shape], above: str = "") -> Iterator[Fact]:
    """Return the facts about those members of the model that we have as well."""
    for name, each in shape.members.items():
        if name not in known:
            continue
        yield f"{above}{name}", each.type_name, least_of(each), name in shape.required_members
        if each.type_name == "structure":
            yield from theirs(each, known[name]["members"], f"{above}{name}.")
        parts = {"list": ("member",), "map": ("key", "value")}.get(each.type_name, ())
        for part in (getattr(each, kind) for kind in parts):
            yield f"{above}{name}[]", part.type_name, least_of(part), False


def least_of(shape: Any) -> int | None:
    """Return a minimum; a length of 0 is none."""
    return shape.metadata.get("min") or None
