"""The connections of one node to its PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openparticipant.stores.postgres_address import Address
from openparticipant.stores.postgres_line import Line

# So long a call waits while all lines are lent.
_TURN_SECONDS = 4
# What stands between may forget a line that was silent for longer, and not tell.
_IDLE_SECONDS = 240


class BusyError(Exception):
    """All lines were lent for too long, which says nothing of the server."""

    def __init__(self) -> None:
        super().__init__("all connections are busy")


class Lines:
    """Up to `most` lines, dialled when they are needed; one that is not clean is never used again."""

    def __init__(self, address: Address, most: int) -> None:
        self._address = address
        self._most = most
        self._room = asyncio.Semaphore(most)
        self._idle: list[Line] = []
        self._parting: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def one(self, within: float) -> AsyncIterator[Line]:
        """Lend a line, for so many seconds.

        Raises what `Line.dial` raises, TimeoutError when they are over, or BusyError.
        """
        await self._turn()
        try:
            async with asyncio.timeout(within):
                line = self._kept() or await Line.dial(self._address)
                try:
                    yield line
                finally:
                    self._take_back(line)
        finally:
            self._room.release()

    def drop_idle(self) -> None:
        """Part with all lines that nobody uses: the server that they lead to is no longer ours."""
        while self._idle:
            self._part(self._idle.pop())

    async def close(self) -> None:
        """Wait for the lines that are lent, close all, and lend none again."""
        for _ in range(self._most):
            await self._room.acquire()
        self.drop_idle()
        if self._parting:
            await asyncio.wait(self._parting)

    async def _turn(self) -> None:
        try:
            async with asyncio.timeout(_TURN_SECONDS if self._room.locked() else None):
                await self._room.acquire()
        except TimeoutError:
            raise BusyError from None

    def _take_back(self, line: Line) -> None:
        if line.is_clean:
            line.last_used = asyncio.get_running_loop().time()
            self._idle.append(line)
        else:
            self._part(line)

    def _kept(self) -> Line | None:
        # The last one used is taken first, so that what is too many falls silent.
        silent_since = asyncio.get_running_loop().time() - _IDLE_SECONDS
        while self._idle:
            line = self._idle.pop()
            if line.is_clean and line.last_used > silent_since:
                return line
            self._part(line)
        return None

    def _part(self, line: Line) -> None:
        # Nobody waits for the farewell of a server that may be frozen.
        task = asyncio.get_running_loop().create_task(line.hang_up())
        self._parting.add(task)
        task.add_done_callback(self._parting.discard)
