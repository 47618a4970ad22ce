"""From method and path to the operation that lives there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openparticipant.errors import (
    MethodNotAllowedException,
    UnknownOperationException,
)
from openparticipant.transport.exchange import Exchange, check_announced_size
from openparticipant.wire.restjson import Codec
from openparticipant.wire.service import Operation
from openparticipant.wire.shapes import Shape


@dataclass(frozen=True, slots=True)
class Route:
    """One operation with its codec."""

    operation: Operation
    codec: Codec


Methods = dict[str, Route]


@dataclass(frozen=True, slots=True)
class Entered:
    """A request that found its operation; its body is not read yet."""

    route: Route
    path_values: tuple[str, ...]

    @property
    def operation(self) -> Operation:
        """What is asked for."""
        return self.route.operation

    def decode(self, body: bytes, query: bytes = b"") -> Shape:
        """Return the request's shape, or raise the plane's refusal."""
        return self.route.codec.decode(body, self.path_values, query)


class Routes:
    """The operations of one plane, by path and then by method."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        paths: dict[str, Methods] = {}
        for operation in operations:
            route = Route(operation, Codec(operation, operation.refusal))
            paths.setdefault(operation.path, {})[operation.method] = route
        self._fixed = {path: methods for path, methods in paths.items() if "{" not in path}
        self._open = [(path.split("/"), methods) for path, methods in paths.items() if "{" in path]

    def enter(self, exchange: Exchange, raw_path: str) -> Entered:
        """Find the operation, note it in the exchange, and refuse a body announced as too large.

        Raises as `match` and `check_announced_size` do.
        """
        route, path_values = self.match(exchange.scope["method"], raw_path)
        operation = route.operation
        exchange.operation, exchange.errors = operation.name, operation.errors
        check_announced_size(exchange)
        return Entered(route, path_values)

    def match(self, method: str, raw_path: str) -> tuple[Route, tuple[str, ...]]:
        """Return the route and its path members, still percent-encoded.

        Raises UnknownOperationException, or MethodNotAllowedException where only the method is off.
        """
        methods = self._fixed.get(raw_path)
        values: tuple[str, ...] = ()
        if methods is None:
            methods, values = self._match_open(raw_path)
        route = methods.get(method)
        if route is None:
            told = " and ".join(
                f"{each.operation.name} is called with {known}" for known, each in methods.items()
            )
            raise MethodNotAllowedException(f"{told}.", allowed=", ".join(methods))
        return route, values

    def _match_open(self, raw_path: str) -> tuple[Methods, tuple[str, ...]]:
        parts = raw_path.split("/")
        for pattern, methods in self._open:
            if len(pattern) == len(parts) and all(
                known == part or (known.startswith("{") and part)
                for known, part in zip(pattern, parts, strict=True)
            ):
                values = (
                    part
                    for known, part in zip(pattern, parts, strict=True)
                    if known.startswith("{")
                )
                return methods, tuple(values)
        raise UnknownOperationException("There is no operation at this address.")
