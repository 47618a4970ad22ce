"""Reads from sockets into one buffer, so that many uploads at once stay small.

uvloop makes fresh bytes of up to 256,000 for every read of every connection, and uvicorn keeps up
to two reads of each while the application is busy: with two hundred uploads, a hundred megabytes.
"""

from __future__ import annotations

import asyncio
from typing import cast

LARGEST = 256 * 1024
SMALLEST = 16 * 1024
_SHARE = 4 * 1024 * 1024  # bytes that one read of each busy connection may come to, together


class ReadBuffer:
    """Where the next read goes, of whichever connection; it is parsed before another begins.

    `busy` connections are those whose last read was not small. The more they are, the less each
    reads at a time.
    """

    def __init__(self) -> None:
        self._view = memoryview(bytearray(LARGEST))
        self.busy = 0

    def room(self) -> memoryview:
        """Return the part to read into."""
        return self._view[: max(SMALLEST, min(LARGEST, _SHARE // (self.busy + 1)))]

    def filled(self, count: int) -> bytes:
        """Return what was read; it is good until the next read."""
        return cast("bytes", self._view[:count])


_NOBODY = asyncio.Protocol()


class Reader(asyncio.BufferedProtocol):
    """Stands between a transport and a protocol that takes bytes, which must not keep them."""

    def __init__(self, protocol: asyncio.Protocol, buffer: ReadBuffer) -> None:
        self._protocol = protocol
        self._buffer = buffer
        self._busy = False
        self._transport: asyncio.BaseTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Pass on."""
        self._transport = transport
        self._protocol.connection_made(transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where to read to."""
        del sizehint
        return self._buffer.room()

    def buffer_updated(self, nbytes: int) -> None:
        """Pass on what was read."""
        self._protocol.data_received(self._buffer.filled(nbytes))
        if self._transport.get_protocol() is not self:
            # The transport keeps us although it has another protocol now; that is no reason for us
            # to keep the one before it.
            self._protocol = _NOBODY
        self._note(busy=nbytes >= SMALLEST)

    def eof_received(self) -> bool | None:
        """Pass on."""
        return self._protocol.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass on."""
        self._note(busy=False)
        self._protocol.connection_lost(exc)

    def pause_writing(self) -> None:
        """Pass on."""
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        """Pass on."""
        self._protocol.resume_writing()

    def _note(self, *, busy: bool) -> None:
        if busy == self._busy:
            return
        transport = self._transport
        if busy and (transport.is_closing() or transport.get_protocol() is not self):
            return  # who has handed it on does not hear of its end
        self._busy = busy
        self._buffer.busy += 1 if busy else -1
