"""The control plane: operations that a SigV4 signature admits."""

from __future__ import annotations

from collections.abc import Callable

from uvicorn._types import ASGIReceiveCallable

from openparticipant import errors
from openparticipant.errors import InternalServiceException, InvalidRequestException, ServiceError
from openparticipant.operations import table
from openparticipant.ports import Ports
from openparticipant.sigv4 import Credentials, Refused, verify
from openparticipant.transport.exchange import Exchange, read_body
from openparticipant.transport.routes import Routes
from openparticipant.wire.restjson import encode
from openparticipant.wire.service import CONTROL

_REFUSALS: dict[str, type[ServiceError]] = {
    refusal.__name__: refusal
    for refusal in (
        errors.IncompleteSignatureException,
        errors.InvalidSignatureException,
        errors.MissingAuthenticationTokenException,
        errors.UnrecognizedClientException,
    )
}


class ControlPlane:
    """Carries out one request: route, size, signature, input, and then the operation."""

    def __init__(self, ports: Ports, lookup: Callable[[str], Credentials | None]) -> None:
        self._ports = ports
        self._lookup = lookup
        self._routes = Routes(CONTROL, InvalidRequestException)

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
        function = table.CONTROL[entered.operation.name]
        return encode(await function(self._ports, entered.decode(body)))

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
                region=self._ports.policy.region,
                service="connect",
                at=self._ports.clock.now(),
            )
        except Refused as refused:
            raise _REFUSALS[refused.code](refused.message) from None
