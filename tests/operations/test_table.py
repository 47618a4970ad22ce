"""The table of functions against the table of the service."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from openparticipant.operations import table
from openparticipant.wire import service

TABLES: list[tuple[Mapping[str, Callable[..., Any]], tuple[service.Operation, ...]]] = [
    (table.PARTICIPANT, service.PARTICIPANT),
    (table.CONTROL, service.CONTROL),
    (table.ADMIN, service.ADMIN),
]


@pytest.mark.parametrize(
    ("functions", "operations"), TABLES, ids=["participant", "control", "admin"]
)
def test_each_function_takes_and_returns_its_operations_shapes(
    functions: Mapping[str, Callable[..., Any]], operations: tuple[service.Operation, ...]
) -> None:
    """The decoder makes what the function expects, and the function what the encoder writes."""
    known = {operation.name: operation for operation in operations}

    assert functions.keys() == known.keys()
    for name, function in functions.items():
        hints = typing.get_type_hints(function)
        assert list(inspect.signature(function).parameters)[-1] == "request"
        assert hints["request"] is known[name].request
        assert hints["return"] is known[name].response
