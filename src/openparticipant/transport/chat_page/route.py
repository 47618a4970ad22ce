"""`/demo/`: the chat page, and the one request by which it starts a chat."""

from __future__ import annotations

import logging

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from openparticipant.errors import (
    InternalServerException,
    MethodNotAllowedException,
    ServiceError,
    Unavailable,
    UnknownOperationException,
)
from openparticipant.ports import Ports
from openparticipant.transport.chat_page import chats, files
from openparticipant.transport.chat_page.door import Door
from openparticipant.transport.exchange import (
    CLIENT_GONE,
    Exchange,
    Gone,
    Reply,
    answer,
    check_announced_size,
    read_body,
    record,
)
from openparticipant.transport.logs import Log
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.plane_route import refuse

_log = logging.getLogger(__name__)

_JSON = (b"content-type", b"application/json")
_CHATS = f"{files.HOME}chats"


class ChatPage:
    """Serves the page to whom its door admits; no answer carries CORS headers."""

    def __init__(
        self, ports: Ports, door: Door, objects_origin: str, *, log: Log, metrics: Metrics
    ) -> None:
        self._ports = ports
        self._door = door
        self._log = log
        self._metrics = metrics
        self._files = files.read()
        self._guarding = files.guarding_headers(door.origin, objects_origin)

    async def __call__(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Answer one request."""
        exchange = Exchange(scope, self._ports.ids.uuid(), "ChatPage")
        try:
            reply = await self._reply(exchange, receive)
        except Gone:
            exchange.reason = "the client went away"
            self._record(exchange, CLIENT_GONE)
            return
        request_id = (b"x-amzn-requestid", exchange.request_id.encode())
        await answer(send, reply, [*self._guarding, request_id])
        self._record(exchange, reply.status)

    async def _reply(self, exchange: Exchange, receive: ASGIReceiveCallable) -> Reply:
        path = (exchange.scope["raw_path"] or b"").decode("latin-1")
        try:
            return await self._carry_out(exchange, path, receive)
        except ServiceError as error:
            exchange.reason = error.reason or error.message
            return refuse(error)
        except Unavailable as error:
            exchange.reason = str(error)
        except Gone:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the browser gets an answer
            _log.exception("request %s failed", exchange.request_id)
            exchange.reason = "fault"
        return refuse(InternalServerException())

    async def _carry_out(
        self, exchange: Exchange, path: str, receive: ASGIReceiveCallable
    ) -> Reply:
        scope, door = exchange.scope, self._door
        is_entry = path in {files.HOME, files.HOME.rstrip("/")}
        if is_entry and scope["method"] == "GET" and door.is_other_name(scope):
            return self._redirect()
        door.admit(scope)
        if path == _CHATS:
            _require_method(exchange, "POST")
            door.admit_order(scope)
            check_announced_size(exchange)
            return Reply(200, [_JSON], await chats.start(self._ports, await read_body(receive)))
        if path != files.HOME and is_entry:
            return self._redirect()
        found = self._files.get(path)
        if found is None:
            raise UnknownOperationException("There is no such part of the chat page.")
        _require_method(exchange, "GET")
        return found

    def _redirect(self) -> Reply:
        """Lead to the one address under which the page's calls are of its own origin."""
        return Reply(307, [(b"location", f"{self._door.origin}{files.HOME}".encode())], b"")

    def _record(self, exchange: Exchange, status: int) -> None:
        record(exchange, status, at=self._ports.clock.now(), log=self._log, metrics=self._metrics)


def _require_method(exchange: Exchange, method: str) -> None:
    if exchange.scope["method"] != method:
        raise MethodNotAllowedException(f"This takes {method} only.", allowed=method)
