"""One connection to a NATS server: the client's side of its protocol, with bounds.

A server greets with INFO, is told CONNECT, and from then on takes SUB, UNSUB and PUB and hands
over MSG; PING asks the other side whether it is there.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from openparticipant.bus.nats_cluster import Cluster
from openparticipant.errors import Unavailable

LARGEST = 256 * 1024  # bytes of a message that is read or written; items are far smaller
_LINE = 64 * 1024  # INFO names every server of a cluster
_WAITING = 1024 * 1024  # bytes that a server has not taken yet
_PATIENCE = 2.0  # seconds until a server has greeted and let us in


class Connection(asyncio.Protocol):
    """A connection, once `connect` returned it.

    `name` is the server's, for people. `received` gets the number of a subscription and what came
    by it, or None in place of what is too large.
    """

    def __init__(self, name: str, received: Callable[[int, bytes | None], None]) -> None:
        self.name = name
        self.info: dict[str, Any] = {}
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.refusal: str | None = None
        self._received = received
        self._transport: asyncio.Transport | None = None
        self._greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked: deque[asyncio.Future[None]] = deque()
        self._buffer = bytearray()
        self._coming: tuple[int, int] | None = None  # subscription and size of a message
        self._skipping = 0

    @property
    def largest(self) -> int:
        """How many bytes a message may have."""
        limit = self.info.get("max_payload")
        return min(LARGEST, limit) if isinstance(limit, int) else LARGEST

    def subscribe(self, subject: str, number: int) -> None:
        """Ask for what is published under a subject."""
        self._write(b"SUB %b %d\r\n" % (subject.encode(), number))

    def unsubscribe(self, number: int) -> None:
        """Ask for no more."""
        self._write(b"UNSUB %d\r\n" % number)

    def publish(self, subject: str, payload: bytes) -> bool:
        """Hand a message to the server; False if it has not taken what waits already."""
        if self._transport is None or self._transport.get_write_buffer_size() > _WAITING:
            return False
        self._write(b"PUB %b %d\r\n%b\r\n" % (subject.encode(), len(payload), payload))
        return True

    async def round_trip(self, patience: float) -> None:
        """Return when the server has dealt with everything until now. Raises Unavailable."""
        answered = asyncio.get_running_loop().create_future()
        self._asked.append(answered)
        self._write(b"PING\r\n")
        try:
            async with asyncio.timeout(patience):
                await asyncio.wait((answered, self.lost), return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            raise Unavailable("no answer") from None
        if self.lost.done():
            raise Unavailable(self.lost.result())

    def close(self) -> None:
        """Hang up, at once: what the server has not taken is lost."""
        if self._transport is not None:
            self._transport.abort()

    async def enter(self, host: str, cluster: Cluster) -> None:
        """Wait for the greeting, speak TLS where that is due, and log in. Raises Unavailable."""
        await asyncio.wait((self._greeted, self.lost), return_when=asyncio.FIRST_COMPLETED)
        if self.lost.done():
            raise Unavailable(self.lost.result())
        offers_tls = self.info.get("tls_required") or self.info.get("tls_available")
        if cluster.demands_tls and not offers_tls:
            # Before anything secret is said.
            raise Unavailable("the server does not speak TLS")
        if cluster.demands_tls or self.info.get("tls_required"):
            await self._secure(host, cluster.certificates)
        about = {
            "verbose": False,
            "pedantic": False,
            "echo": False,
            "headers": False,
            "lang": "python",
            "name": "openparticipant",
            "version": "1",
            "protocol": 1,
            **cluster.login.claims(str(self.info.get("nonce", ""))),
        }
        self._write(b"CONNECT %b\r\n" % json.dumps(about).encode())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        # uvloop's transports have all its methods, but are not of its class.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; whoever waits is told why."""
        if not self.lost.done():
            said = self.refusal or (_why(exc) if exc else "the server hung up")
            self.lost.set_result(said)

    def data_received(self, data: bytes) -> None:
        """Take what the server says."""
        self._buffer += data
        try:
            while self._step():
                pass
        except (ValueError, TypeError, IndexError, RecursionError):
            self.refusal = "what answers is not a NATS server"
            self.close()

    def _step(self) -> bool:
        """Take one thing from the buffer, if all of it is there."""
        buffer = self._buffer
        if self._skipping:
            gone = min(self._skipping, len(buffer))
            self._skipping -= gone
            del buffer[:gone]
            return bool(buffer)
        if self._coming is not None:
            number, size = self._coming
            if len(buffer) < size + 2:
                return False
            payload = bytes(buffer[:size])
            del buffer[: size + 2]
            self._coming = None
            self._received(number, payload)
            return True
        end = buffer.find(b"\r\n")
        if end < 0:
            if len(buffer) > _LINE:
                raise ValueError("no end of a line")
            return False
        line = bytes(buffer[:end])
        del buffer[: end + 2]
        self._read(line)
        return True

    def _read(self, line: bytes) -> None:
        word, _, rest = line.partition(b" ")
        match word.upper():
            case b"MSG":
                self._expect(rest.split())
            case b"PING":
                self._write(b"PONG\r\n")
            case b"PONG":
                answered = self._asked.popleft()
                if not answered.done():
                    answered.set_result(None)
            case b"INFO":
                told = json.loads(rest)
                if not isinstance(told, dict):
                    raise TypeError("INFO tells nothing")
                self.info |= told
                if not self._greeted.done():
                    self._greeted.set_result(None)
            case b"-ERR":
                self.refusal = f"the server says {rest.decode('ascii', 'replace').strip()}"
            case b"+OK":
                pass
            case _:
                raise ValueError("no word of the protocol")

    def _expect(self, words: list[bytes]) -> None:
        number, size = int(words[1]), int(words[-1])
        if size < 0:
            raise ValueError("a negative size")
        if size > LARGEST:
            self._skipping = size + 2
            self._received(number, None)
        else:
            self._coming = number, size

    async def _secure(self, host: str, certificates: ssl.SSLContext) -> None:
        assert self._transport is not None
        transport = await asyncio.get_running_loop().start_tls(
            self._transport, self, certificates, server_hostname=host
        )
        if transport is None:
            raise Unavailable("the server hung up")
        self._transport = transport

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)


async def connect(
    server: tuple[str, int], cluster: Cluster, received: Callable[[int, bytes | None], None]
) -> Connection:
    """Connect to a server and log in. Raises Unavailable."""
    host, port = server
    connection = Connection(f"{host}:{port}", received)
    try:
        async with asyncio.timeout(_PATIENCE):
            await asyncio.get_running_loop().create_connection(lambda: connection, host, port)
            await connection.enter(host, cluster)
            # A server that says PONG has let us in; one that does not has said why.
            await connection.round_trip(_PATIENCE)
    except BaseException as error:
        connection.close()
        if isinstance(error, TimeoutError):
            raise Unavailable(f"{connection.name}: no answer") from None
        if isinstance(error, OSError | Unavailable):
            raise Unavailable(f"{connection.name}: {_why(error)}") from None
        raise
    return connection


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, socket.gaierror):
        return "no such host"
    if isinstance(error, OSError) and error.errno and not isinstance(error, ssl.SSLError):
        return os.strerror(error.errno).lower()
    return str(error) or type(error).__name__
