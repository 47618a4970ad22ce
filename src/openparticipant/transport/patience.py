"""How long a request waits for an engine that is away.

A browser client ends its chat for good when CreateParticipantConnection fails, whatever the status:
that call, and the handshake that follows it, are held for as long as a restart of a database takes.
All others are told soon that they have to come back.

What is held is one call of a port, and it is made again once the engine says that it is well; nobody
knocks meanwhile. The time is one request's, however many calls it makes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

from openparticipant.errors import Refused, Unavailable
from openparticipant.limits import SECOND
from openparticipant.ports import Clock, Engine
from openparticipant.transport.exchange import Gone

CONNECTING = 25 * SECOND
"""For CreateParticipantConnection."""
HANDSHAKE = 50 * SECOND
"""For that of a WebSocket. Browsers wait as long as they are let, and chatjs asks nothing new before
70; proxies end what is silent for 60. Once it fails, the client connects anew, and is held again."""
ORDINARY = 2 * SECOND
"""For all others."""
MOST = 4096
"""How many wait at the same time, at 20 KiB each or so."""

_LOOK = 50  # milliseconds between two looks whether an engine is back

T = TypeVar("T")


def _never() -> bool:
    return False


@dataclass(slots=True)
class Allowance:
    """How many milliseconds a request may still wait; `is_gone` tells that its client has left."""

    millis: int
    is_gone: Callable[[], bool] = _never


_allowed: ContextVar[Allowance | None] = ContextVar("allowed", default=None)


@contextmanager
def allowing(millis: int, is_gone: Callable[[], bool] = _never) -> Iterator[None]:
    """Let the calls made within wait for so long, all in all; without it, each may for ORDINARY."""
    token = _allowed.set(Allowance(millis, is_gone))
    try:
        yield
    finally:
        _allowed.reset(token)


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    engine: Engine | None
    allowance: Allowance
    turn: asyncio.Future[bool]


class Patience:
    """Those who wait, at most `most`. Those who may not wait longer than usual leave room for others."""

    def __init__(self, clock: Clock, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._held: set[_Held] = set()
        self._looking: asyncio.Task[None] | None = None
        self._over = False

    @property
    def held(self) -> int:
        """How many wait now."""
        return len(self._held)

    async def retry(
        self,
        call: Callable[[], Awaitable[T]],
        failed: Unavailable,
        *,
        engine: Engine | None,
        spent: float,
    ) -> T:
        """Make a call again that failed, when its engine is back, until it does not fail.

        The first try took `spent` seconds. Raises the last failure when it is `Refused`, when there
        is no more time, when too many wait or the server ends; or Gone.
        """
        allowance = _allowed.get() or Allowance(ORDINARY)
        allowance.millis -= _millis(spent)
        while not isinstance(failed, Refused) and await self._turn(engine, allowance):
            began = perf_counter()
            try:
                return await call()
            except Unavailable as error:
                failed = error
                allowance.millis -= _millis(perf_counter() - began)
        raise failed

    def end(self) -> None:
        """Let nobody wait any more: what comes after this server may serve them."""
        self._over = True
        for held in self._held:
            if not held.turn.done():
                held.turn.set_result(False)

    async def close(self) -> None:
        """Let nobody wait any more, and end with the last of them."""
        self.end()
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    async def _turn(self, engine: Engine | None, allowance: Allowance) -> bool:
        """Return True when it is time for another try, False when there will be none."""
        most = self._most if allowance.millis > ORDINARY else self._most // 2
        if self._over or allowance.millis <= 0 or len(self._held) >= most:
            return False
        held = _Held(engine, allowance, asyncio.get_running_loop().create_future())
        self._held.add(held)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            return await held.turn
        finally:
            self._held.discard(held)

    async def _look(self) -> None:
        """Give each its turn, until nobody waits."""
        try:
            while self._held:
                # Looks are counted, not timed: of a process that was stopped, nobody is told to go.
                await self._clock.sleep(_LOOK)
                for held in tuple(self._held):
                    self._look_at(held)
        finally:
            self._looking = None

    def _look_at(self, held: _Held) -> None:
        held.allowance.millis -= _LOOK
        if held.turn.done():
            return  # cancelled, or about to try
        if held.allowance.is_gone():
            held.turn.set_exception(Gone())
        elif held.engine is None or held.engine.trouble is None:
            held.turn.set_result(True)
        elif held.allowance.millis <= 0:
            held.turn.set_result(False)


def _millis(seconds: float) -> int:
    return int(seconds * 1000)
