"""The public application: every request from outside enters here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from uvicorn._types import (
    ASGIReceiveCallable,
    ASGISendCallable,
    HTTPScope,
    Scope,
    WebSocketScope,
)

from openparticipant.transport.cors import Cors
from openparticipant.transport.exchange import HttpApplication, Reply
from openparticipant.transport.plane_route import Plane, PlaneRoute, raw_path_of

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
# How addresses of the control plane begin; all others are the participant plane's.
_CONTROL = ("/contact", "/attached-files-configurations/")

WebSocketApplication = Callable[
    [WebSocketScope, ASGIReceiveCallable, ASGISendCallable], Awaitable[None]
]


class PublicApp:
    """Sends each request to its plane, the built-in object store, the WebSocket or the health routes.

    Without `objects` or a `chat_page`, its addresses are as unknown as any.
    """

    def __init__(
        self,
        *,
        planes: PlaneRoute,
        participant: Plane,
        control: Plane,
        objects: HttpApplication | None,
        websocket: WebSocketApplication,
        health: HttpApplication,
        chat_page: HttpApplication | None,
        cors: Cors,
    ) -> None:
        self._planes = planes
        self._participant = participant
        self._control = control
        self._objects = objects
        self._websocket = websocket
        self._health = health
        self._chat_page = chat_page
        self._cors = cors

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Answer one request."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
            return
        assert scope["type"] == "http"
        raw_path = raw_path_of(scope)
        if self._objects and raw_path.startswith("/attachments/"):
            await self._objects(scope, receive, send)
        elif raw_path.startswith("/health/"):
            await self._health(scope, receive, send)
        elif self._chat_page and (raw_path == "/demo" or raw_path.startswith("/demo/")):
            await self._chat_page(scope, receive, send)
        else:
            await self._exchange(raw_path, scope, receive, send)

    async def _exchange(
        self,
        raw_path: str,
        scope: HTTPScope,
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
    ) -> None:
        exchange = self._planes.enter(scope)
        origin = _bytes_header(scope, b"origin")
        if scope["method"] == "OPTIONS":
            exchange.operation = "preflight"
            preflight = self._cors.preflight(
                origin,
                _bytes_header(scope, b"access-control-request-method"),
                _bytes_header(scope, b"access-control-request-headers") or b"",
            )
            reply = Reply(204 if preflight else 403, preflight or [], b"")
            await self._planes.end(exchange, reply, send, [])
            return
        plane = self._control if raw_path.startswith(_CONTROL) else self._participant
        headers = self._cors.headers(origin)
        await self._planes.perform(plane, exchange, raw_path, receive, send, headers)


def _bytes_header(scope: HTTPScope, name: bytes) -> bytes | None:
    for key, value in scope["headers"]:
        if key == name:
            return value
    return None
