"""One participant's open WebSocket on this node."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from openparticipant.domain.connection import Caller
from openparticipant.transport.live.outbox import Outbox

NORMAL = 1000
GOING_AWAY = 1012  # the server restarts; come back
NOT_WELCOME = 1008  # what was sent, or not sent or read, is against the rules

Close = Callable[[int, str], Awaitable[None]]


class Socket:
    """What rooms need of a connection: whose it is, a way to tell it something, and an end.

    `heard_at` is when its client last sent anything, in epoch milliseconds.
    """

    __slots__ = ("_close", "_ending", "_outbox", "caller", "heard_at", "is_slow")

    def __init__(
        self, caller: Caller, *, send: Callable[[str], Awaitable[None]], close: Close, now: int
    ) -> None:
        self.caller = caller
        self.heard_at = now
        self.is_slow = False
        self._outbox = Outbox(send, self._give_up)
        self._close = close
        self._ending: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many frames have not been written yet."""
        return len(self._outbox)

    def tell(self, frame: str) -> None:
        """Write a frame when its turn comes; a socket that is about to end is told no more."""
        if self._ending is None:
            self._outbox.put(frame)

    def end(self, code: int, reason: str, *, after: float = 0) -> None:
        """Close once everything told so far is written and `after` seconds have passed."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end(code, reason, after))

    def gone(self) -> None:
        """Let go: the connection is no more."""
        self._outbox.close()
        if self._ending is not None:
            self._ending.cancel()

    def _give_up(self) -> None:
        self.is_slow = True
        self.end(NOT_WELCOME, "the client reads too slowly")

    async def _end(self, code: int, reason: str, after: float) -> None:
        if not self.is_slow:
            await self._outbox.flush()
        await asyncio.sleep(after)
        self._outbox.close()
        await self._close(code, reason)
