"""One participant's open WebSocket on this node."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from openparticipant.domain.connection import Caller
from openparticipant.transport.live.outbox import Outbox

NORMAL = 1000
GOING_AWAY = 1012  # the server restarts; come back
FAULT = 1011  # the server failed; come back
NOT_WELCOME = 1008  # what was sent, or not sent or read, is against the rules

_PATIENCE = 5.0  # seconds that a client has to read what comes before the end

Close = Callable[[int, str], Awaitable[None]]


class Socket:
    """What rooms need of a connection: whose it is, a way to tell it something, and an end.

    `close` ends it in order and may wait for the client; `hang_up` does not. `heard_at` is when its client last sent anything, in epoch milliseconds.
    """

    __slots__ = (
        "_cancel",
        "_close",
        "_ending",
        "_outbox",
        "caller",
        "heard_at",
        "hung_up",
        "is_slow",
    )

    def __init__(
        self,
        caller: Caller,
        *,
        send: Callable[[str], Awaitable[None]],
        close: Close,
        hang_up: Callable[[], object],
        now: int,
    ) -> None:
        self.caller = caller
        self.heard_at = now
        self.is_slow = False
        self._outbox = Outbox(send, self._give_up)
        self._close = close
        self.hung_up = False
        self._cancel = hang_up
        self._ending: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many frames have not been written yet."""
        return len(self._outbox)

    def tell(self, frame: str) -> None:
        """Write a frame when its turn comes."""
        self._outbox.put(frame)

    def end(self, code: int, reason: str, *, after: float = 0) -> None:
        """Close in `after` seconds, once everything told until then is written."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end(code, reason, after))

    def gone(self) -> None:
        """Let go: the connection is no more."""
        self._outbox.close()
        if self._ending is not None:
            self._ending.cancel()

    def _give_up(self) -> None:
        # A farewell would only wait behind what the client does not read.
        self.is_slow = True
        self._hang_up()

    def _hang_up(self) -> None:
        self.hung_up = True
        self._cancel()

    async def _end(self, code: int, reason: str, after: float) -> None:
        await asyncio.sleep(after)
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._outbox.flush()
                self._outbox.close()
                await self._close(code, reason)
        except TimeoutError:
            self._hang_up()
        except OSError:
            pass  # the client was faster
