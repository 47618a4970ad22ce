"""Buses of nodes that share a NATS, and what they counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from openparticipant.bus.nats import NatsBus
from openparticipant.bus.nats_cluster import parse

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
