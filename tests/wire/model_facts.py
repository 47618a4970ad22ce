"""What our table and AWS's service models say, in one form that can be compared.

A fact is a line such as `SendMessage.input.Content: max 16384`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import msgspec
from msgspec import inspect

from openparticipant.wire.service import CONTROL, PARTICIPANT, Operation

SESSION = botocore.session.get_session()
PLANES = {"connectparticipant": PARTICIPANT, "connect": CONTROL}
BEARER_HEADER = "X-Amz-Bearer"


def our_facts(service: str) -> set[str]:
    """Return the facts of our table of a service."""
    return {fact for operation in PLANES[service] for fact in _of_operation(operation)}


def model_facts(service: str) -> set[str]:
    """Return the facts of AWS's model for the operations that we have."""
    model = SESSION.get_service_model(service)
    return {
        fact
        for operation in PLANES[service]
        for fact in _of_model(model.operation_model(operation.name))
    }


def _of_operation(operation: Operation) -> Iterator[str]:
    name = operation.name
    yield f"{name}: {operation.method} {operation.path}"
    for error in operation.errors:
        yield f"{name}: error {error.__name__}"
        yield f"{error.__name__}: status {error.status}"
    if operation.bearer is not None:
        place = f"{name}.input.{operation.bearer}"
        yield from _strings(place, 1, 1000)
        yield f"{place}: required"
        yield f"{place}: in header {BEARER_HEADER}"
    for part in operation.path.split("/"):
        if part.startswith("{"):
            yield f"{name}.input.{part[1:-1]}: in uri"
    if operation.method == "GET":
        for field in msgspec.structs.fields(operation.request):
            if f"{{{field.encode_name}}}" not in operation.path:
                # The codec's rule.
                written = field.encode_name[:1].lower() + field.encode_name[1:]
                yield f"{name}.input.{field.encode_name}: in query as {written}"
    yield from _of_struct(f"{name}.input", operation.request)
    yield from _of_struct(f"{name}.output", operation.response)


def _strings(place: str, least: int | None, most: int | None) -> Iterator[str]:
    yield f"{place}: string"
    yield from _bounds(place, least, most)


def _bounds(place: str, least: int | None, most: int | None) -> Iterator[str]:
    if least is not None:
        yield f"{place}: min {least}"
    if most is not None:
        yield f"{place}: max {most}"


def _of_struct(place: str, struct: type[msgspec.Struct]) -> Iterator[str]:
    kind = inspect.type_info(struct)
    assert isinstance(kind, inspect.StructType)
    yield from _of_fields(place, kind)


def _of_fields(place: str, kind: inspect.StructType) -> Iterator[str]:
    for field in kind.fields:
        inner = f"{place}.{field.encode_name}"
        if field.required:
            yield f"{inner}: required"
        yield from _of_type(inner, field.type)


def _of_type(place: str, kind: inspect.Type) -> Iterator[str]:  # noqa: C901 - one case a type
    match kind:
        case inspect.UnionType():
            for each in kind.types:
                if not isinstance(each, inspect.NoneType):
                    yield from _of_type(place, each)
        case inspect.StrType():
            yield from _strings(place, kind.min_length, kind.max_length)
        case inspect.LiteralType():
            yield f"{place}: string"
            yield from (f"{place}: one is {value}" for value in kind.values)
        case inspect.IntType():
            yield f"{place}: whole number"
            yield from _bounds(place, kind.ge, kind.le)
        case inspect.FloatType():
            yield f"{place}: timestamp"
        case inspect.BoolType():
            yield f"{place}: boolean"
        case inspect.ListType():
            yield f"{place}: list"
            yield from _bounds(place, kind.min_length, kind.max_length)
            yield from _of_type(f"{place}[]", kind.item_type)
        case inspect.DictType():
            yield f"{place}: map"
            yield from _of_type(f"{place}<key>", kind.key_type)
            yield from _of_type(f"{place}<value>", kind.value_type)
        case inspect.StructType():
            yield f"{place}: structure"
            yield from _of_fields(place, kind)
        case _:
            raise TypeError(f"{place} has a type without facts: {kind}")


def _of_model(operation: Any) -> Iterator[str]:
    name = operation.name
    yield f"{name}: {operation.http['method']} {operation.http['requestUri']}"
    for error in operation.error_shapes:
        yield f"{name}: error {error.name}"
        yield f"{error.name}: status {error.metadata['error']['httpStatusCode']}"
    for side, shape in (("input", operation.input_shape), ("output", operation.output_shape)):
        if shape is not None:
            yield from _of_members(f"{name}.{side}", shape, ())


def _of_members(place: str, shape: Any, above: tuple[str, ...]) -> Iterator[str]:
    for member, inner in shape.members.items():
        here = f"{place}.{member}"
        if member in shape.required_members:
            yield f"{here}: required"
        match inner.serialization.get("location"):
            case "header":
                yield f"{here}: in header {inner.serialization['name']}"
            case "uri":
                yield f"{here}: in uri"
            case "querystring":
                yield f"{here}: in query as {inner.serialization['name']}"
        yield from _of_shape(here, inner, above)


def _of_shape(place: str, shape: Any, above: tuple[str, ...]) -> Iterator[str]:
    if shape.name in above:
        yield f"{place}: recursive"
        return
    above = (*above, shape.name)
    kind = {"integer": "whole number", "long": "whole number"}.get(shape.type_name, shape.type_name)
    yield f"{place}: {kind}"
    yield from _bounds(place, shape.metadata.get("min"), shape.metadata.get("max"))
    if "pattern" in shape.metadata:
        yield f"{place}: pattern {shape.metadata['pattern']}"
    yield from (f"{place}: one is {value}" for value in shape.metadata.get("enum", ()))
    match shape.type_name:
        case "structure":
            yield from _of_members(place, shape, above)
        case "list":
            yield from _of_shape(f"{place}[]", shape.member, above)
        case "map":
            yield from _of_shape(f"{place}<key>", shape.key, above)
            yield from _of_shape(f"{place}<value>", shape.value, above)
