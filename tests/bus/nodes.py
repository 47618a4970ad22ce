"""Buses of nodes that share a NATS, and what they counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from openparticipant.bus.nats import NatsBus
from openparticipant.bus.nats_cluster import parse

_PATIENCE = 2_000  # hundredths of a second; a busy machine, not a slow server
KEY = b"a key that nodes of one database share"[:32]


class CountingBus(NatsBus):
    """A bus whose counters a test can read."""

    def __init__(self, url: str, key: bytes = KEY) -> None:
        self.counted: Counter[str] = Counter()
        super().__init__(
            parse(url),
            key,
            published=lambda: self.counted.update(["out"]),
            received=lambda: self.counted.update(["in"]),
            dropped=lambda reason: self.counted.update([reason]),
        )

    @property
    def server(self) -> str | None:
        """The server that the bus is connected to now."""
        return self._connection.name if self._connection is not None else None


@asynccontextmanager
async def buses(url: str, count: int = 2) -> AsyncIterator[list[CountingBus]]:
    """Return buses that are open and share a key."""
    async with AsyncExitStack() as stack:
        opened = []
        for _ in range(count):
            bus = CountingBus(url)
            await bus.open()
            stack.push_async_callback(bus.close)
            opened.append(bus)
        yield opened


async def settle(*several: NatsBus) -> None:
    """Return once all that was asked of NATS is in effect."""
    for bus in several:
        await bus.settle(10)


async def until(holds: Callable[[], bool]) -> None:
    """Return as soon as `holds` does; fail when it has not for a long time."""
    for _ in range(_PATIENCE):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be")
