"""uvicorn's WebSocket protocol, kept from telling secrets and from waiting for the dead."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, cast

from uvicorn._types import ASGI3Application, ASGISendEvent
from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

# Clients send small control frames only.
LARGEST_FRAME = 32 * 1024
# Seconds between two pings of the server, and for the answer to one.
PING_INTERVAL = 20.0
PING_TIMEOUT = 20.0

_LOGGER = logging.getLogger(__name__)


class SocketProtocol(WebSocketsSansIOProtocol):
    """One client's WebSocket connection."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        # uvicorn logs the target of each handshake at level INFO, and its query is a secret; its
        # message logger, wrapped round the application at level TRACE, writes whole scopes.
        self.app = cast("ASGI3Application", config.app)
        self.logger = logging.Logger(__name__, logging.WARNING)  # noqa: LOG001 - its level is no one else's
        self.logger.parent = _LOGGER
        self.conn.logger = self.logger

    async def send(self, message: ASGISendEvent) -> None:
        """Send what the application has to say; a refusal ends the handshake as well."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True  # else uvicorn logs each refusal as our fault

    async def run_asgi(self) -> None:
        """Carry the connection, and cut it at the end if its client has stopped reading."""
        await super().run_asgi()
        if not self.writable.is_set():
            self.transport.abort()

    def keepalive_timeout(self) -> None:
        """Cut the connection: who does not answer a ping will not read what is still to be written."""
        self.transport.abort()
