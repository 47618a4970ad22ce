"""A server that says the bytes it is told to, whether or not they are HTTP."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

PATIENCE = 20
Script: TypeAlias = Iterable[bytes]

HANG_UP = b""


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    """Return an answer's bytes."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


class RawServer:
    """Gives each connection, once it has sent a request, the next script; the last one again.

    `heads` are the requests' heads. What a client does not want to hear, it need not.
    """

    def __init__(self, scripts: tuple[Script, ...], context: ssl.SSLContext | None) -> None:
        self.heads: list[str] = []
        self._scripts = list(scripts)
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"{'http' if context is None else 'https'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve)
        self._ended = False
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._ended = True
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join(PATIENCE)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self._ended:
                connection.close()
                return
            with connection, contextlib.suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        if self._context is not None:
            connection = self._context.wrap_socket(connection, server_side=True)
        with connection:
            with connection.makefile("rb") as received:
                lines = []
                while (line := received.readline()) != b"\r\n":
                    if not line:
                        return
                    lines.append(line)
                self.heads.append(b"".join(lines).decode())
                received.read(_length(lines))
            for piece in self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]:
                connection.sendall(piece)


def _length(lines: list[bytes]) -> int:
    sizes = [line[15:] for line in lines if line.lower().startswith(b"content-length:")]
    return int(sizes[0]) if sizes else 0


@contextmanager
def saying(*scripts: Script, context: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    """Run a server that gives these scripts in turn."""
    server = RawServer(scripts, context)
    try:
        yield server
    finally:
        server.stop()
