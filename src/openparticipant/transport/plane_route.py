"""The way of a request through a plane, where every error becomes an answer."""

from __future__ import annotations

import logging
from typing import Protocol

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from openparticipant import errors
from openparticipant.errors import ServiceError, Unavailable
from openparticipant.ports import Clock, IdSource
from openparticipant.ports.tracer import Tracer
from openparticipant.request_context import RequestContext, current
from openparticipant.transport.exchange import (
    CLIENT_GONE,
    Exchange,
    Gone,
    Headers,
    Reply,
    answer,
    record,
)
from openparticipant.transport.logs import Log
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.patience import ORDINARY, allowing
from openparticipant.transport.protocol import departure
from openparticipant.wire.restjson import encode_error

_log = logging.getLogger(__name__)

_JSON = (b"content-type", b"application/json")
# What any operation may be answered with, beside the errors its model lists.
_UNMODELLED = (
    errors.IncompleteSignatureException,
    errors.InvalidSignatureException,
    errors.MissingAuthenticationTokenException,
    errors.UnrecognizedClientException,
    errors.MethodNotAllowedException,
    errors.RequestEntityTooLargeException,
    errors.UnknownOperationException,
)


class Plane(Protocol):
    """One family of operations under one way to authenticate."""

    def fault(self) -> ServiceError:
        """Return what this plane answers when the server fails."""
        ...

    async def carry_out(
        self, exchange: Exchange, raw_path: str, receive: ASGIReceiveCallable
    ) -> bytes:
        """Return the body of the answer, or raise what refuses the request."""
        ...


class PlaneRoute:
    """Gives requests their ids, answers them by a plane, and logs and counts them."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: IdSource,
        log: Log,
        metrics: Metrics,
        tracer: Tracer | None = None,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._log = log
        self._metrics = metrics
        self._tracer = tracer

    def enter(self, scope: HTTPScope) -> Exchange:
        """Begin an exchange."""
        exchange = Exchange(scope, self._ids.uuid())
        current.set(RequestContext(exchange.request_id))
        if self._tracer is not None:
            exchange.span = self._tracer.request(exchange.header(b"traceparent"))
        return exchange

    async def perform(
        self,
        plane: Plane,
        exchange: Exchange,
        raw_path: str,
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
        headers: Headers,
    ) -> None:
        """Answer by a plane; `headers` come before its own."""
        try:
            reply = await self._reply(plane, exchange, raw_path, receive)
        except Gone:
            exchange.reason = "the client went away"
            self._record(exchange, CLIENT_GONE)
            return
        await self.end(exchange, reply, send, headers)

    async def end(
        self, exchange: Exchange, reply: Reply, send: ASGISendCallable, headers: Headers
    ) -> None:
        """Send the answer with the request's id, log it and count it."""
        request_id = (b"x-amzn-requestid", exchange.request_id.encode())
        await answer(send, reply, [*headers, request_id])
        self._record(exchange, reply.status)

    def _record(self, exchange: Exchange, status: int) -> None:
        record(exchange, status, at=self._clock.now(), log=self._log, metrics=self._metrics)

    async def _reply(
        self, plane: Plane, exchange: Exchange, raw_path: str, receive: ASGIReceiveCallable
    ) -> Reply:
        try:
            with allowing(ORDINARY, departure(receive)):
                body = await plane.carry_out(exchange, raw_path, receive)
            return Reply(200, [_JSON], body)
        except ServiceError as error:
            exchange.reason = error.reason or error.message
            if isinstance(error, _UNMODELLED) or type(error) in exchange.errors:
                return refuse(error)
            _log.error("%s may not answer %s", exchange.operation, error.code)
            return refuse(plane.fault())
        except Unavailable as error:
            exchange.reason = str(error)
            return refuse(plane.fault())
        except Gone:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer
            _log.exception("request %s failed", exchange.request_id)
            exchange.reason = "fault"
            return refuse(plane.fault())


def raw_path_of(scope: HTTPScope) -> str:
    """Return the path as it came, still percent-encoded."""
    return (scope["raw_path"] or b"/").decode("latin-1")


def refuse(error: ServiceError) -> Reply:
    """Put an error on the wire: its type in the header for SDKs, and in the body for browsers."""
    headers = [_JSON, (b"x-amzn-errortype", error.code.encode())]
    if isinstance(error, errors.MethodNotAllowedException):
        headers.append((b"allow", error.allowed.encode()))
    if isinstance(error, errors.ThrottlingException):
        headers.append((b"retry-after", b"%d" % error.retry_after))
    return Reply(error.status, headers, encode_error(error))
