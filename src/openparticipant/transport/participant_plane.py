"""The participant plane: operations that a token in `X-Amz-Bearer` admits."""

from __future__ import annotations

from collections.abc import Callable

from uvicorn._types import ASGIReceiveCallable

from openparticipant.domain.connection import Caller, digest
from openparticipant.domain.rates import Counted
from openparticipant.errors import AccessDeniedException, InternalServerException
from openparticipant.limits import BEARER_CHARACTERS
from openparticipant.operations import table
from openparticipant.ports import Ports
from openparticipant.transport.exchange import Exchange, read_body
from openparticipant.transport.patience import CONNECTING, allowing
from openparticipant.transport.protocol import departure
from openparticipant.transport.rates import Rates, address_key
from openparticipant.transport.routes import Entered, Routes
from openparticipant.wire.service import PARTICIPANT, Operation
from openparticipant.wire.shapes import Shape


class ParticipantPlane:
    """Carries out one request: route, size, token, input, rate, and then the operation.

    An `Authorization` header changes nothing: SDKs sign whether or not they have a key.
    """

    def __init__(self, ports: Ports, encode: Callable[[Shape], bytes], rates: Rates) -> None:
        self._ports = ports
        self._rates = rates
        self._encode = encode
        self._routes = Routes(PARTICIPANT)

    def fault(self) -> InternalServerException:
        """Return what this plane answers when the server fails."""
        return InternalServerException()

    async def carry_out(
        self, exchange: Exchange, raw_path: str, receive: ASGIReceiveCallable
    ) -> bytes:
        """Return the body of the answer, or raise what refuses the request."""
        entered = self._routes.enter(exchange, raw_path)
        if entered.operation.bearer == "ConnectionToken":
            return await self._perform(exchange, entered, receive)
        with allowing(CONNECTING, departure(receive)):
            return await self._perform(exchange, entered, receive)

    async def _perform(
        self, exchange: Exchange, entered: Entered, receive: ASGIReceiveCallable
    ) -> bytes:
        operation = entered.operation
        # Before the body is read: a stranger's is not worth its memory.
        caller = await self._caller(exchange, operation)
        request = entered.decode(await read_body(receive))
        if self._rates.are_set:
            await self._throttle(exchange, operation, caller)
        return self._encode(await table.PARTICIPANT[operation.name](self._ports, caller, request))

    async def _throttle(self, exchange: Exchange, operation: Operation, caller: Caller) -> None:
        bearer = exchange.header(b"x-amz-bearer") or ""
        who = {
            Counted.TOKEN: digest(bearer).hex(),
            Counted.PARTICIPANT: caller.participant_id,
            Counted.INSTANCE: caller.instance_id,
        }
        if client := exchange.scope["client"]:
            who[Counted.ADDRESS] = address_key(client[0])
        # Who lost the connection has to come back, also when all do at once.
        is_known = operation.bearer == "ParticipantToken" and (
            await self._ports.store.was_connected(caller)
        )
        self._rates.take(operation.name, who, self._ports.clock.now(), is_known=is_known)

    async def _caller(self, exchange: Exchange, operation: Operation) -> Caller:
        bearer = exchange.header(b"x-amz-bearer")
        if not bearer:
            raise AccessDeniedException(reason="no bearer")
        if len(bearer) > BEARER_CHARACTERS:
            raise AccessDeniedException(reason="the bearer is too long for a token")
        now = self._ports.clock.now()
        if operation.bearer == "ConnectionToken":
            caller = await self._ports.store.caller(digest(bearer), now=now)
        else:
            caller = await self._ports.store.holder(digest(bearer), now=now)
        if caller is None:
            raise AccessDeniedException(reason=f"the bearer is not a {operation.bearer}")
        exchange.facts["contact_id"] = caller.contact_id
        if caller.refusal is not None:
            raise AccessDeniedException(reason=caller.refusal)
        return caller
