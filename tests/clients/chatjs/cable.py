"""The network between clients and a server, where a test can break it."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_PIECE = 1 << 16
_PATIENCE = 60.0  # seconds


class Cable:
    """TCP from `url` to wherever it leads; the WebSockets in it can be cut and kept waiting.

    Use it as a context manager. Each connection has two threads.
    """

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._address = ("127.0.0.1", 0)
        self._whole = threading.Event()
        self._whole.set()
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._websockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        """The origin that clients connect to."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Cut everything."""
        self._whole.set()
        _hang_up(self._listening)
        with self._lock:
            for end in self._ends:
                _hang_up(end)
        for thread in self._threads:
            thread.join(_PATIENCE)
        self._listening.close()

    def lead_to(self, url: str) -> None:
        """Connect the other end."""
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 0)

    def cut(self) -> None:
        """Drop all WebSockets, and let no new one through until it is mended."""
        self._whole.clear()
        with self._lock:
            for end in self._websockets:
                _hang_up(end)

    def mend(self) -> None:
        """Let those through that wait."""
        self._whole.set()

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the end
            while True:
                self._start(self._carry, self._listening.accept()[0])

    def _carry(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError), near:
            head = near.recv(_PIECE)
            is_websocket = b"\r\nupgrade: websocket\r\n" in head.lower()
            if is_websocket and not self._whole.wait(_PATIENCE):
                return
            with socket.create_connection(self._address, _PATIENCE) as far:
                far.settimeout(None)
                with self._lock:
                    self._ends |= {near, far}
                    if is_websocket:
                        self._websockets |= {near, far}
                try:
                    far.sendall(head)
                    back = threading.Thread(target=_pump, args=(far, near))
                    back.start()
                    _pump(near, far)
                    back.join()
                finally:
                    with self._lock:
                        self._ends -= {near, far}
                        self._websockets -= {near, far}


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            sink.sendall(piece)
    _hang_up(sink)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
