"""The planes of operators and back ends: operations that a SigV4 signature admits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from uvicorn._types import ASGIReceiveCallable

from openparticipant import errors
from openparticipant.errors import InternalServiceException, InvalidRequestException, ServiceError
from openparticipant.operations import table
from openparticipant.ports import Clock, Ports
from openparticipant.sigv4 import Credentials, Refused, verify
from openparticipant.transport.exchange import Exchange, read_body
from openparticipant.transport.routes import Routes
from openparticipant.wire.service import ADMIN, CONTROL, Operation
from openparticipant.wire.shapes import Shape

_REFUSALS: dict[str, type[ServiceError]] = {
    refusal.__name__: refusal
    for refusal in (
        errors.IncompleteSignatureException,
        errors.InvalidSignatureException,
        errors.MissingAuthenticationTokenException,
        errors.UnrecognizedClientException,
    )
}

Lookup = Callable[[str], Credentials | None]
Encode = Callable[[Shape], bytes]


class SignedPlane:
    """Carries out one request: route, size, signature, input, and then the operation.

    `service` is the name that clients sign for: what was signed for one plane admits to no other.
    """

    def __init__(
        self,
        operations: Iterable[Operation],
        perform: Callable[[str, Any], Awaitable[Shape]],
        *,
        service: str,
        region: str,
        clock: Clock,
        lookup: Lookup,
        encode: Encode,
    ) -> None:
        self._routes = Routes(operations, InvalidRequestException)
        self._perform = perform
        self._service = service
        self._region = region
        self._clock = clock
        self._lookup = lookup
        self._encode = encode

    def fault(self) -> InternalServiceException:
        """Return what this plane answers when the server fails."""
        return InternalServiceException()

    async def carry_out(
        self, exchange: Exchange, raw_path: str, receive: ASGIReceiveCallable
    ) -> bytes:
        """Return the body of the answer, or raise what refuses the request."""
        entered = self._routes.enter(exchange, raw_path)
        body = await read_body(receive)
        self._authenticate(exchange, raw_path, body)
        request = entered.decode(body, exchange.scope["query_string"])
        if contact_id := getattr(request, "contact_id", None):
            exchange.facts["contact_id"] = contact_id
        return self._encode(await self._perform(entered.operation.name, request))

    def _authenticate(self, exchange: Exchange, raw_path: str, body: bytes) -> None:
        scope = exchange.scope
        try:
            exchange.facts["access_key_id"] = verify(
                method=scope["method"],
                path=raw_path.encode("latin-1"),
                query=scope["query_string"],
                headers=list(scope["headers"]),
                body=body,
                lookup=self._lookup,
                region=self._region,
                service=self._service,
                at=self._clock.now(),
            )
        except Refused as refused:
            raise _REFUSALS[refused.code](refused.message) from None


def control_plane(ports: Ports, lookup: Lookup, encode: Encode) -> SignedPlane:
    """Return what starts, fills and ends chats, as back ends call it."""
    return SignedPlane(
        CONTROL,
        lambda name, request: table.CONTROL[name](ports, request),
        service="connect",
        region=ports.policy.region,
        clock=ports.clock,
        lookup=lookup,
        encode=encode,
    )


def admin_plane(ports: Ports, lookup: Lookup, encode: Encode) -> SignedPlane:
    """Return what the operator reads."""
    return SignedPlane(
        ADMIN,
        lambda name, request: table.ADMIN[name](ports.store, request),
        service="openparticipant",
        region=ports.policy.region,
        clock=ports.clock,
        lookup=lookup,
        encode=encode,
    )
