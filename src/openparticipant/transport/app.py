"""The public application: every request enters here, and every error ends here."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from uvicorn._types import (
    ASGIReceiveCallable,
    ASGISendCallable,
    HTTPScope,
    Scope,
    WebSocketScope,
)

from openparticipant import errors
from openparticipant.errors import ServiceError, Unavailable
from openparticipant.ports import Clock, IdSource
from openparticipant.transport.cors import Cors
from openparticipant.transport.exchange import (
    CLIENT_GONE,
    Exchange,
    Gone,
    HttpApplication,
    Reply,
    answer,
    record,
)
from openparticipant.transport.logs import Log
from openparticipant.transport.metrics import Metrics
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

CORS_METHODS = ("GET", "POST", "PUT", "OPTIONS")
CORS_ALLOWED = (
    "authorization",
    "content-type",
    "x-amz-bearer",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-user-agent",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "x-amz-security-token",
)
# Never `date`: with it a browser whose clock is off retries even what it must not.
CORS_EXPOSED = ("x-amzn-errortype", "x-amzn-requestid", "retry-after")


WebSocketApplication = Callable[
    [WebSocketScope, ASGIReceiveCallable, ASGISendCallable], Awaitable[None]
]


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


class PublicApp:
    """Sends each request to its plane, the built-in object store, the WebSocket or the health routes.

    Without a `chat_page`, its addresses are as unknown as any.
    """

    def __init__(
        self,
        *,
        participant: Plane,
        control: Plane,
        objects: HttpApplication,
        websocket: WebSocketApplication,
        health: HttpApplication,
        chat_page: HttpApplication | None,
        cors: Cors,
        clock: Clock,
        ids: IdSource,
        log: Log,
        metrics: Metrics,
    ) -> None:
        self._participant = participant
        self._control = control
        self._objects = objects
        self._websocket = websocket
        self._health = health
        self._chat_page = chat_page
        self._cors = cors
        self._clock = clock
        self._ids = ids
        self._log = log
        self._metrics = metrics

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Answer one request."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
            return
        assert scope["type"] == "http"
        raw_path = (scope["raw_path"] or b"/").decode("latin-1")
        if raw_path.startswith("/attachments/"):
            await self._objects(scope, receive, send)
        elif raw_path.startswith("/health/"):
            await self._health(scope, receive, send)
        elif self._chat_page and (raw_path == "/demo" or raw_path.startswith("/demo/")):
            await self._chat_page(scope, receive, send)
        else:
            plane = self._control if raw_path.startswith("/contact") else self._participant
            await self._exchange(plane, raw_path, scope, receive, send)

    async def _exchange(
        self,
        plane: Plane,
        raw_path: str,
        scope: HTTPScope,
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
    ) -> None:
        exchange = Exchange(scope, self._ids.uuid())
        origin = _bytes_header(scope, b"origin")
        headers = [
            *self._cors.headers(origin),
            (b"x-amzn-requestid", exchange.request_id.encode()),
        ]
        if scope["method"] == "OPTIONS":
            exchange.operation = "preflight"
            preflight = self._cors.preflight(
                origin,
                _bytes_header(scope, b"access-control-request-method"),
                _bytes_header(scope, b"access-control-request-headers") or b"",
            )
            reply = Reply(204 if preflight else 403, preflight or [], b"")
            headers = headers[-1:]
        else:
            try:
                reply = await self._reply(plane, exchange, raw_path, receive)
            except Gone:
                exchange.reason = "the client went away"
                self._record(exchange, CLIENT_GONE)
                return
        await answer(send, reply, headers)
        self._record(exchange, reply.status)

    def _record(self, exchange: Exchange, status: int) -> None:
        record(exchange, status, at=self._clock.now(), log=self._log, metrics=self._metrics)

    async def _reply(
        self, plane: Plane, exchange: Exchange, raw_path: str, receive: ASGIReceiveCallable
    ) -> Reply:
        try:
            return Reply(200, [_JSON], await plane.carry_out(exchange, raw_path, receive))
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


def refuse(error: ServiceError) -> Reply:
    """Put an error on the wire: its type in the header for SDKs, and in the body for browsers."""
    headers = [_JSON, (b"x-amzn-errortype", error.code.encode())]
    if isinstance(error, errors.MethodNotAllowedException):
        headers.append((b"allow", error.allowed.encode()))
    return Reply(error.status, headers, encode_error(error))


def _bytes_header(scope: HTTPScope, name: bytes) -> bytes | None:
    for key, value in scope["headers"]:
        if key == name:
            return value
    return None
