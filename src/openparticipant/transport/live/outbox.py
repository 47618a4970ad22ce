"""What waits to be written to one socket, and no more than it may."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

_FRAMES = 256
_BYTES = 512 * 1024

Send = Callable[[str], Awaitable[None]]


class Outbox:
    """Writes frames in order, each when the one before it has gone.

    A task writes only while something waits: ten thousand idle sockets have none. A client that
    reads so slowly that more waits than it may is given up: `overflow` is called once, and nothing
    further is taken.
    """

    __slots__ = ("_bytes", "_frames", "_open", "_overflow", "_send", "_writing")

    def __init__(self, send: Send, overflow: Callable[[], None]) -> None:
        self._send = send
        self._overflow = overflow
        self._frames: list[str] = []  # of a deque, each empty one takes 700 bytes
        self._bytes = 0
        self._open = True
        self._writing: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._frames)

    def put(self, frame: str) -> None:
        """Take a frame to be written; nothing after `close`."""
        if not self._open:
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        if len(self._frames) > _FRAMES or self._bytes > _BYTES:
            self.close()
            self._overflow()
        elif self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def flush(self) -> None:
        """Return once everything taken so far is written, or cannot be any more."""
        if self._writing is not None:
            await asyncio.wait([self._writing])

    def close(self) -> None:
        """Forget what waits and take nothing more."""
        self._open = False
        self._frames.clear()
        self._bytes = 0

    async def _write(self) -> None:
        try:
            while self._frames:
                frame = self._frames[0]
                await self._send(frame)
                if self._frames and self._frames[0] is frame:  # unless it was closed meanwhile
                    self._frames.pop(0)
                    self._bytes -= len(frame)
        except OSError:
            self.close()  # the client is gone; its socket's end is told elsewhere
        finally:
            self._writing = None
