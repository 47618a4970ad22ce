"""A small real proxy: forwards requests in absolute form, and tunnels after CONNECT."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

PATIENCE = 20


class Proxying:
    """A listening proxy at `address`; `heads` are those that it was sent.

    With `refusal`, every request and every CONNECT gets these bytes instead of its way.
    """

    def __init__(self, refusal: bytes | None) -> None:
        self.heads: list[str] = []
        self._refusal = refusal
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._ended = False
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def first_lines(self) -> list[str]:
        """Return the request lines."""
        return [head.splitlines()[0] for head in self.heads]

    def stop(self) -> None:
        """Stop listening and wait for what is still on its way."""
        self._ended = True
        with contextlib.suppress(OSError):
            socket.create_connection(self._socket.getsockname()).close()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            client, _ = self._socket.accept()
            client.settimeout(PATIENCE)
            if self._ended:
                client.close()
                return
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            received = b""
            while b"\r\n\r\n" not in received:
                received += client.recv(65536)
            head, _, rest = received.partition(b"\r\n\r\n")
            self.heads.append(head.decode())
            if self._refusal is not None:
                client.sendall(self._refusal)
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):
                    pass
                return
            method, target, _ = head.split(b"\r\n")[0].split(b" ")
            if method == b"CONNECT":
                server = self._reach(target.decode())
                client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                parts = urlsplit(target.decode())
                server = self._reach(parts.netloc)
                path = parts._replace(scheme="", netloc="").geturl().encode()
                server.sendall(head.replace(target, path, 1) + b"\r\n\r\n" + rest)
            with server:
                back = threading.Thread(target=_pour, args=(server, client))
                back.start()
                _pour(client, server)
                back.join(PATIENCE)

    def _reach(self, netloc: str) -> socket.socket:
        host, _, port = netloc.rpartition(":")
        return socket.create_connection((host, int(port)), PATIENCE)


def _pour(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def proxying(refusal: bytes | None = None) -> Iterator[Proxying]:
    """Run a proxy."""
    proxy = Proxying(refusal)
    try:
        yield proxy
    finally:
        proxy.stop()
