"""The planes of operators and back ends: operations that a SigV4 signature admits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from uvicorn._types import ASGIReceiveCallable

from openparticipant import errors
from openparticipant.errors import (
    InternalServiceException,
    ServiceError,
    UnrecognizedClientException,
)
from openparticipant.operations import table
from openparticipant.ports import AccessKeys, Clock, OperatorPorts, Ports, Refusals, Running
from openparticipant.request_context import RequestContext, current
from openparticipant.sigv4 import Lookup, Refused, verify
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

Encode = Callable[[Shape], bytes]


@dataclass(frozen=True, slots=True)
class Signers:
    """Who may sign: `find` returns a key pair by its id, once `look` has learnt of it."""

    find: Lookup
    look: Callable[[], Awaitable[None]]


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
        signers: Signers,
        encode: Encode,
    ) -> None:
        self._routes = Routes(operations)
        self._perform = perform
        self._service = service
        self._region = region
        self._clock = clock
        self._signers = signers
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
        await self._authenticate(exchange, raw_path, body)
        request = entered.decode(body, exchange.scope["query_string"])
        if contact_id := getattr(request, "contact_id", None):
            exchange.facts["contact_id"] = contact_id
        return self._encode(await self._perform(entered.operation.name, request))

    async def _authenticate(self, exchange: Exchange, raw_path: str, body: bytes) -> None:
        try:
            signer = self._signer(exchange, raw_path, body)
        except UnrecognizedClientException:
            # Another node may just have made that key pair.
            await self._signers.look()
            signer = self._signer(exchange, raw_path, body)
        exchange.facts["access_key_id"] = signer
        current.set(RequestContext(exchange.request_id, signer))

    def _signer(self, exchange: Exchange, raw_path: str, body: bytes) -> str:
        """Return whose signature the request bears, or raise what refuses it."""
        scope = exchange.scope
        try:
            return verify(
                method=scope["method"],
                path=raw_path.encode("latin-1"),
                query=scope["query_string"],
                headers=list(scope["headers"]),
                body=body,
                lookup=self._signers.find,
                region=self._region,
                service=self._service,
                at=self._clock.now(),
            )
        except Refused as refused:
            raise _REFUSALS[refused.code](refused.message) from None


def control_plane(ports: Ports, signers: Signers, encode: Encode) -> SignedPlane:
    """Return what starts, fills and ends chats, as back ends call it."""
    return SignedPlane(
        CONTROL,
        lambda name, request: table.CONTROL[name](ports, request),
        service="connect",
        region=ports.policy.region,
        clock=ports.clock,
        signers=signers,
        encode=encode,
    )


def admin_plane(
    ports: Ports, keys: AccessKeys, refusals: Refusals, signers: Signers, encode: Encode
) -> SignedPlane:
    """Return what the operator reads and rules."""
    operated = OperatorPorts(ports.clock, ports.ids, ports.store, keys, Running(ports, refusals))
    return SignedPlane(
        ADMIN,
        lambda name, request: table.ADMIN[name](operated, request),
        service="openparticipant",
        region=ports.policy.region,
        clock=ports.clock,
        signers=signers,
        encode=encode,
    )
