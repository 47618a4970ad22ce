"""The address that a WebSocket opens at, from the handshake to the last frame."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, WebSocketScope

from openparticipant.domain.connection import Caller, digest
from openparticipant.errors import (
    AccessDeniedException,
    InternalServerException,
    ServiceError,
    Unavailable,
    UnknownOperationException,
)
from openparticipant.limits import BEARER_CHARACTERS
from openparticipant.ports import Ports
from openparticipant.transport.cors import Cors
from openparticipant.transport.exchange import CLIENT_GONE, Gone
from openparticipant.transport.live.attendance import Attendance
from openparticipant.transport.live.rooms import Rooms
from openparticipant.transport.live.socket import NOT_WELCOME, Socket
from openparticipant.transport.live.subscriptions import Subscriptions
from openparticipant.transport.logs import Log
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.patience import HANDSHAKE, allowing
from openparticipant.transport.protocol import departure
from openparticipant.wire import frames
from openparticipant.wire.restjson import encode_error

PATH = "/participant/websocket"

_OPERATION = "WebSocket"
_SWITCHED = 101
_STRIKES = 20  # frames in a row that were none

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Visit:
    """One handshake and what came of it, for the log."""

    request_id: str
    client: str | None
    started: float = field(default_factory=time.perf_counter)
    contact_id: str | None = None
    frames_in: int = 0


class WebSocketRoute:
    """Opens sockets for those whose URL is good, and answers what they send."""

    def __init__(
        self,
        ports: Ports,
        rooms: Rooms,
        attendance: Attendance,
        *,
        subscribe_seconds: float,
        cors: Cors,
        log: Log,
        metrics: Metrics,
    ) -> None:
        self._ports = ports
        self._subscriptions = Subscriptions(ports, rooms)
        self._attendance = attendance
        self._subscribe_seconds = subscribe_seconds
        self._cors = cors
        self._log = log
        self._metrics = metrics

    async def __call__(
        self, scope: WebSocketScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Carry one WebSocket from its handshake to its end."""
        await receive()  # the wish to connect
        client = scope["client"]
        visit = _Visit(self._ports.ids.uuid(), client[0] if client else None)
        try:
            with allowing(HANDSHAKE, departure(receive)):
                caller = await self._caller(scope, visit)
            socket = self._socket(caller, send)
        except Gone:
            self._note(visit, CLIENT_GONE, "request", reason="the client went away")
            return
        except ServiceError as error:
            await self._refuse(visit, error, error.reason or error.message, send)
            return
        except Unavailable as error:
            await self._refuse(visit, InternalServerException(), str(error), send)
            return
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer
            _log.exception("request %s failed", visit.request_id)
            await self._refuse(visit, InternalServerException(), "fault", send)
            return
        code = None
        try:
            self._note(visit, _SWITCHED, "request")
            headers = [(b"x-amzn-requestid", visit.request_id.encode())]
            await send({"type": "websocket.accept", "subprotocol": None, "headers": headers})
            code = await self._converse(socket, visit, receive)
        except OSError:
            pass  # the client left while it was spoken to
        except asyncio.CancelledError:
            if not socket.hung_up:
                raise
        finally:
            self._subscriptions.end(socket)
            self._attendance.dismiss(socket)
            socket.gone()
            if socket.is_slow:
                self._metrics.socket_overflowed()
            self._note(visit, _SWITCHED, "socket closed", code=code, received=visit.frames_in)

    async def _caller(self, scope: WebSocketScope, visit: _Visit) -> Caller:
        if (scope["raw_path"] or b"").decode("latin-1") != PATH:
            raise UnknownOperationException("There is no WebSocket at this address.")
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        if not self._cors.admits(origin):
            raise AccessDeniedException(reason="the page's origin is not allowed")
        tokens = parse_qs(scope["query_string"].decode("latin-1")).get("AuthToken", [])
        if len(tokens) != 1 or len(tokens[0]) > BEARER_CHARACTERS:
            raise AccessDeniedException(reason="not one AuthToken")
        caller = await self._ports.store.listener(digest(tokens[0]), now=self._ports.clock.now())
        if caller is None:
            raise AccessDeniedException(reason="the AuthToken is none of ours")
        visit.contact_id = caller.contact_id
        if caller.refusal is not None:
            raise AccessDeniedException(reason=caller.refusal)
        return caller

    def _socket(self, caller: Caller, send: ASGISendCallable) -> Socket:
        """Return a socket that has its place among those of its participant."""

        async def write(frame: str) -> None:
            await send({"type": "websocket.send", "bytes": None, "text": frame})

        async def close(code: int, reason: str) -> None:
            await send({"type": "websocket.close", "code": code, "reason": reason})

        now = self._ports.clock.now()
        this = asyncio.current_task()
        assert this is not None
        socket = Socket(caller, send=write, close=close, hang_up=this.cancel, now=now)
        self._attendance.admit(socket, now=now)
        return socket

    async def _converse(
        self, socket: Socket, visit: _Visit, receive: ASGIReceiveCallable
    ) -> int | None:
        """Answer frames until the connection ends; return how it was closed."""
        deadline = self._expect_subscription(socket)
        strikes = 0
        try:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return (
                        message.get("code") if message["type"] == "websocket.disconnect" else None
                    )
                visit.frames_in += 1
                socket.heard_at = self._ports.clock.now()
                text = message.get("text")
                topic, topics = (frames.read(text) if text is not None else None) or ("", [])
                if not await self._answer(socket, visit, topic, topics):
                    strikes += 1
                    if strikes == _STRIKES:
                        socket.end(NOT_WELCOME, "nothing that was sent is understood")
                    continue
                strikes = 0
                if topic in {frames.SUBSCRIBE, frames.UNSUBSCRIBE}:
                    deadline.cancel()
                    if socket not in self._subscriptions:
                        deadline = self._expect_subscription(socket)
        finally:
            deadline.cancel()

    def _expect_subscription(self, socket: Socket) -> asyncio.TimerHandle:
        """End a socket that listens to nothing for too long: nobody would tell it of the end."""
        return asyncio.get_running_loop().call_later(
            self._subscribe_seconds, socket.end, NOT_WELCOME, "nothing was subscribed to"
        )

    async def _answer(self, socket: Socket, visit: _Visit, topic: str, topics: list[str]) -> bool:
        """Do what a frame asks for; tell whether it was one that is known."""
        match topic:
            case frames.HEARTBEAT:
                socket.tell(frames.HEARTBEAT_ANSWER)
            case frames.PING:
                socket.tell(frames.PING_ANSWER)
            case frames.SUBSCRIBE if frames.CHAT in topics:
                await self._subscriptions.begin(socket)
            case frames.UNSUBSCRIBE if frames.CHAT in topics:
                self._subscriptions.end(socket)
                socket.tell(frames.subscription(topic, "success", [frames.CHAT]))
            case frames.SUBSCRIBE | frames.UNSUBSCRIBE:
                socket.tell(frames.subscription(topic, "failure", topics))
                return False
            case _:
                socket.tell(frames.not_understood(visit.request_id, self._ports.ids.uuid()))
                return False
        return True

    async def _refuse(
        self, visit: _Visit, error: ServiceError, reason: str, send: ASGISendCallable
    ) -> None:
        body = encode_error(error)
        self._note(visit, error.status, "request", reason=reason)
        await send(
            {
                "type": "websocket.http.response.start",
                "status": error.status,
                "headers": [
                    (b"content-type", b"application/json"),
                    (b"x-amzn-errortype", error.code.encode()),
                    (b"x-amzn-requestid", visit.request_id.encode()),
                ],
            }
        )
        await send({"type": "websocket.http.response.body", "body": body, "more_body": False})

    def _note(self, visit: _Visit, status: int, event: str, **facts: str | int | None) -> None:
        seconds = time.perf_counter() - visit.started
        if event == "request":
            self._metrics.request(_OPERATION, status, seconds)
        known = {
            "request_id": visit.request_id,
            "operation": _OPERATION,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "contact_id": visit.contact_id,
            "client": visit.client,
            **facts,
        }
        self._log.write(
            "error" if status >= 500 else "info",
            event,
            self._ports.clock.now(),
            {name: fact for name, fact in known.items() if fact is not None},
        )
