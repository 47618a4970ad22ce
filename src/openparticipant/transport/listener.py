from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from email.utils import formatdate

from uvicorn._types import ASGIApplication
from uvicorn.config import Config
from uvicorn.server import ServerState

from openparticipant.transport.protocol import BoundedProtocol, bounded
from openparticipant.transport.reading import ReadBuffer, Reader
from openparticipant.transport.refusal import Guard
from openparticipant.transport.socket_protocol import LARGEST_FRAME, guarded
from openparticipant.transport.sockets import BACKLOG

_CLOSE = (b"connection", b"close")
_POLL = 0.02
_FAREWELL = 0.5
_GREETING = 0.5  # chosen: how long the first request of a client just taken may be on its way


class Listener:
    """One application on one listening socket, from the first connection to the last.

    Takes the place of uvicorn's own server, which brings its own signals, clock and exits; what
    uvicorn's protocols need of a server is a Config and a ServerState.
    """

    def __init__(
        self,
        app: ASGIApplication,
        listening: socket.socket,
        guard: Guard,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._config = Config(
            app,
            http=bounded(guard),
            ws=guarded(guard),
            ws_max_size=LARGEST_FRAME,
            ws_ping_interval=guard.bounds.ping_seconds,
            ws_ping_timeout=guard.bounds.ping_seconds,
            ws_per_message_deflate=False,  # as browsers use it, it takes 35 KiB more a socket
            workers=1,
            lifespan="off",
            interface="asgi3",
            log_config=None,
            proxy_headers=False,
            server_header=False,
        )
        self._config.load()
        self._listening = listening
        self._guard = guard
        self._tls = tls
        self._state = ServerState()
        self._accepting: asyncio.Server | None = None
        self._closing_answers = False
        self._buffer = ReadBuffer()
        self._tls_patience = guard.bounds.head_seconds if tls else None

    @property
    def connections(self) -> int:
        """How many clients are connected now."""
        return len(self._state.connections)

    @property
    def requests(self) -> int:
        """How many requests have been answered so far."""
        return self._state.total_requests

    async def open(self) -> None:
        """Accept connections."""
        self._accepting = await asyncio.get_running_loop().create_server(
            self._connected,
            sock=self._listening,
            ssl=self._tls,
            backlog=BACKLOG,
            ssl_handshake_timeout=self._tls_patience,
            ssl_shutdown_timeout=self._tls_patience,
        )

    def _connected(self) -> Reader:
        make = self._config.http_protocol_class
        protocol = make(  # type: ignore[call-arg]  # the constructor is uvicorn's contract
            config=self._config,
            server_state=self._state,
            app_state={},
            _loop=asyncio.get_running_loop(),
        )
        return Reader(protocol, self._buffer)

    def tick(self, now: float, at: int) -> None:
        """Judge every connection's pace and renew the Date header.

        `now` in seconds since any fixed moment, `at` in milliseconds since the epoch.
        """
        headers = [(b"date", formatdate(at / 1000, usegmt=True).encode())]
        if self._closing_answers:
            headers.append(_CLOSE)
        self._state.default_headers = headers
        for connection in tuple(self._state.connections):
            if isinstance(connection, BoundedProtocol):
                connection.sweep(now)

    def dismiss(self) -> None:
        """Ask every client to leave with its next answer, and go on serving."""
        self._closing_answers = True
        self._state.default_headers = [*self._state.default_headers, _CLOSE]

    async def close(self, deadline: float, shut: Callable[[], None] = lambda: None) -> None:
        """Accept nothing more and let running requests end; `deadline` is a loop time.

        `shut` is called in between.

        What has not ended by then is cut off. A socket that a supervisor also holds stays open
        there, and who connects from now on is the next process's.
        """
        loop, state = asyncio.get_running_loop(), self._state
        if self._accepting is None:
            self._listening.close()
        else:
            # The kernel resets what waits in a queue that is closed, and a proxy may have sent a
            # request on it already that it must not send again.
            waiting = tuple(_waiting(self._listening)) if deadline > loop.time() else ()
            self._accepting.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(deadline):
                    await asyncio.gather(*map(self._take, waiting))
        shut()
        greeted = loop.time() + _GREETING
        asked: set[object] = set()
        while loop.time() < deadline:
            for connection in tuple(state.connections):
                # Who was taken just now has asked nothing yet, and would lose its first request.
                new = getattr(connection, "cycle", None) is None and loop.time() < greeted
                if not new and connection not in asked:
                    asked.add(connection)
                    connection.shutdown()
            # Even when none is left: a connection may be taken and not yet be known here.
            await asyncio.sleep(_POLL)
            if not (state.connections or state.tasks):
                break
        for connection in tuple(state.connections):
            connection.transport.abort()
        # Most applications end by themselves when they hear that the client is gone.
        for task in await self._still_running():
            task.cancel()
        await self._still_running()

    async def _take(self, accepted: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the client has left, or does not speak TLS
            await asyncio.get_running_loop().connect_accepted_socket(
                self._connected,
                accepted,
                ssl=self._tls,
                ssl_handshake_timeout=self._tls_patience,
                ssl_shutdown_timeout=self._tls_patience,
            )

    async def _still_running(self) -> set[asyncio.Task[None]]:
        tasks = tuple(self._state.tasks)
        return (await asyncio.wait(tasks, timeout=_FAREWELL))[1] if tasks else set()


def _waiting(listening: socket.socket) -> Iterator[socket.socket]:
    """Accept what waits in the kernel's queue now."""
    with contextlib.suppress(BlockingIOError, ConnectionAbortedError):
        while True:
            accepted, _ = listening.accept()
            accepted.setblocking(False)
            yield accepted
