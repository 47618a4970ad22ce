"""uvicorn's WebSocket protocol, kept from telling secrets, from hoarding, and from waiting for the dead."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, ClassVar, cast

from uvicorn._types import ASGI3Application, ASGIReceiveEvent, ASGISendEvent
from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import CloseCode, Frame
from websockets.http11 import Request

from openparticipant.errors import ValidationException
from openparticipant.transport.inbox import Inbox
from openparticipant.transport.refusal import Guard, Refusal, answer

# Clients send small control frames only.
LARGEST_FRAME = 32 * 1024
# Pieces that one message may come in: those without a byte would never reach the limit above.
_MOST_FRAGMENTS = 64

# uvicorn logs the target of each handshake at level INFO, and its query is a secret.
_WARNINGS = logging.Logger(__name__, logging.WARNING)  # noqa: LOG001 - its level is no one else's
_WARNINGS.parent = logging.getLogger(__name__)


def guarded(guard: Guard) -> type[SocketProtocol]:
    """Return the protocol class for uvicorn's `Config(ws=...)`, bound to its collaborators."""
    return type("GuardedSocketProtocol", (SocketProtocol,), {"guard": guard})


class SocketProtocol(WebSocketsSansIOProtocol):
    """One client's WebSocket connection."""

    guard: ClassVar[Guard]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        # uvicorn's message logger, wrapped round the application at level TRACE, writes whole scopes.
        self.app = cast("ASGI3Application", config.app)
        self.logger = self.conn.logger = _WARNINGS
        self.close_timeout = self.guard.bounds.parting_seconds
        self.queue = cast("asyncio.Queue[ASGIReceiveEvent]", Inbox[ASGIReceiveEvent]())

    def data_received(self, data: bytes) -> None:
        """Read on; the first bytes are the head of a request that wants to become a WebSocket."""
        if self.handshake_initiated:
            super().data_received(data)
            return
        self.conn.receive_data(data)
        request = next(iter(self.conn.events_received()), None)
        if isinstance(request, Request) and self.conn.accept(request).status_code == 101:
            self.handle_connect(request)
        else:
            self._refuse()

    def handle_connect(self, event: Request) -> None:
        """Let the application decide on a handshake, whose client a proxy may have told."""
        if self.client:
            headers = [
                (name.lower().encode(), value.encode("latin-1", "replace"))
                for name, value in event.headers.raw_items()
            ]
            self.client = self.guard.proxies.client(self.client, headers)
        super().handle_connect(event)

    def handle_cont(self, event: Frame) -> None:
        """Take a further piece of a message, if it has not too many."""
        if self.close_sent:
            return
        if len(self.frames) < _MOST_FRAGMENTS:
            super().handle_cont(event)
        else:
            self._fail(CloseCode.MESSAGE_TOO_BIG)

    def handle_ping(self) -> None:
        """Answer, but not a client that reads nothing: its answers would be kept here."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def send_receive_event_to_app(self) -> None:
        """Pass a whole message on; text that is none ends the connection, which is no fault of ours."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self._fail(CloseCode.INVALID_DATA)
                return
        super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        """End the connection; whoever still sends hears that the client is gone, as after any end."""
        super().handle_parser_exception()
        self.disconnected = True

    async def send(self, message: ASGISendEvent) -> None:
        """Send on, and be done with the handshake once it is answered."""
        await super().send(message)
        match message["type"]:
            case "websocket.accept":
                # Nobody looks at it again, and it is a quarter of what a socket takes.
                del self.request, self.response
                cast("dict[str, object]", self.scope).clear()
            case "websocket.http.response.body":
                self.handshake_complete = True  # else uvicorn would call a refusal a fault

    async def run_asgi(self) -> None:
        """Carry the connection, and cut it at the end if its client does not read to the end."""
        await super().run_asgi()
        if self.writable.is_set():
            self.loop.call_later(self.close_timeout, self.transport.abort)
        else:
            self.transport.abort()

    def keepalive_timeout(self) -> None:
        """Cut the connection: who does not answer a ping will not read what is still to be written."""
        self.transport.abort()

    def _fail(self, code: CloseCode) -> None:
        self.conn.fail(code)
        self.handle_parser_exception()

    def _refuse(self) -> None:
        # In our words: the library has none for some of these, and would keep the connection.
        error = ValidationException("The request is malformed: it is no WebSocket handshake")
        request_id = self.guard.new_id()
        self.guard.refused(
            Refusal(request_id, error.status, "malformed", error.message, self.client)
        )
        self.close_sent = True
        self.transport.write(answer(error, request_id, self.default_headers))
        self.transport.close()
