"""From method and path to the operation that lives there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from openparticipant.errors import (
    MethodNotAllowedException,
    ServiceError,
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
    """The operations of one plane, by path."""

    def __init__(
        self, operations: Iterable[Operation], refusal: Callable[[str], ServiceError]
    ) -> None:
        routes = [Route(operation, Codec(operation, refusal)) for operation in operations]
        self._fixed = {
            route.operation.path: route for route in routes if "{" not in route.operation.path
        }
        self._open = [
            (route.operation.path.split("/"), route)
            for route in routes
            if "{" in route.operation.path
        ]

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
        route = self._fixed.get(raw_path)
        values: tuple[str, ...] = ()
        if route is None:
            route, values = self._match_open(raw_path)
        if route.operation.method != method:
            raise MethodNotAllowedException(
                f"{route.operation.name} is called with {route.operation.method}.",
                allowed=route.operation.method,
            )
        return route, values

    def _match_open(self, raw_path: str) -> tuple[Route, tuple[str, ...]]:
        parts = raw_path.split("/")
        for pattern, route in self._open:
            if len(pattern) == len(parts) and all(
                known == part or (known.startswith("{") and part)
                for known, part in zip(pattern, parts, strict=True)
            ):
                values = (
                    part
                    for known, part in zip(pattern, parts, strict=True)
                    if known.startswith("{")
                )
                return route, tuple(values)
        raise UnknownOperationException("There is no operation at this address.")
