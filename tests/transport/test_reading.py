"""Reads of all connections into one buffer."""

from __future__ import annotations

import asyncio

from openparticipant.transport.reading import LARGEST, SMALLEST, ReadBuffer, Reader
from tests.transport.served import on_loop, until


class Recorder(asyncio.Protocol):
    """Keeps a copy of what it is given."""

    def __init__(self) -> None:
        self.received = b""
        self.sizes: list[int] = []
        self.lost = False

    def data_received(self, data: bytes) -> None:
        """Take note."""
        self.received += data
        self.sizes.append(len(data))

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note."""
        del exc
        self.lost = True


@on_loop
async def test_each_connection_gets_its_own_bytes() -> None:
    """Connections that read into the same buffer mix nothing up, and the count of the busy ends."""
    buffer, recorders = ReadBuffer(), []

    def connected() -> Reader:
        recorders.append(Recorder())
        return Reader(recorders[-1], buffer)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connected, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    bodies = [bytes([number]) * (1 << 20) for number in range(20)]

    async def send(body: bytes) -> None:
        _, writer = await asyncio.open_connection(*address)
        for start in range(0, len(body), 100_000):
            writer.write(body[start : start + 100_000])
            await writer.drain()
        writer.close()

    await asyncio.gather(*map(send, bodies))
    await until(lambda: len(recorders) == len(bodies) and all(each.lost for each in recorders))
    server.close()

    assert sorted(each.received for each in recorders) == bodies
    assert max(max(each.sizes) for each in recorders) <= LARGEST
    assert buffer.busy == 0


def test_the_busier_the_smaller() -> None:
    """A few connections read in large pieces, many in small ones, and none in tiny ones."""
    buffer = ReadBuffer()
    assert len(buffer.room()) == LARGEST
    buffer.busy = 100
    assert SMALLEST < len(buffer.room()) < LARGEST
    buffer.busy = 10_000
    assert len(buffer.room()) == SMALLEST
