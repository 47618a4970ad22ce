from __future__ import annotations

import asyncio
from collections.abc import Callable


class Answers:
    """What an answer uses of a transport; closing it waits for input that is still under way.

    uvicorn writes the head of an answer and its body apart. Joined, they cost one system call
    and wake the client once.
    """

    __slots__ = ("_begun", "_close", "_head", "_write", "is_closing")

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self._write = transport.write
        self._close = close
        self._begun = False
        self._head = b""
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Write on, but keep a head until its body begins."""
        if self._begun:
            head, self._head = self._head, b""
            self._write(head + data if head else data)
        elif data.startswith(b"HTTP/1.1 100 "):
            self._write(data)
        else:
            self._begun = True
            self._head = data

    def end(self) -> None:
        """Write what is kept of an answer without a body, and be ready for the next one."""
        self._begun = False
        if self._head:
            head, self._head = self._head, b""
            self._write(head)

    def close(self) -> None:
        """End the answer, and the connection once its input ends."""
        self.end()
        self._close()
