"""The service table as an OpenAPI document, for tools that make requests from one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from openparticipant.wire.service import Operation

_REFERENCE = "#/components/schemas/{name}"


def document(
    operations: Iterable[Operation], examples: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Describe operations; `examples` are request bodies by the operation's name."""
    operations = tuple(operations)
    shapes = [shape for one in operations for shape in (one.request, one.response)]
    _, components = msgspec.json.schema_components(shapes, ref_template=_REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        described = _describe(one, components, examples.get(one.name))
        paths.setdefault(one.path, {})[one.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "participant service", "version": "2018-09-07"},
        "paths": paths,
        "components": {"schemas": components},
    }


def _describe(
    operation: Operation, components: dict[str, Any], example: Mapping[str, Any] | None
) -> dict[str, Any]:
    request = operation.request.__name__
    described: dict[str, Any] = {
        "operationId": operation.name,
        "responses": {
            "200": {
                "description": "done",
                "content": {
                    "application/json": {
                        "schema": {"$ref": _REFERENCE.format(name=operation.response.__name__)}
                    }
                },
            }
        },
    }
    names = re.findall(r"\{(\w+)\}", operation.path)
    if names:
        described["parameters"] = [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": components[request]["properties"][name],
            }
            for name in names
        ]
    if operation.method != "GET":
        content: dict[str, Any] = {"schema": {"$ref": _REFERENCE.format(name=request)}}
        if example is not None:
            content["example"] = dict(example)
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    return described
