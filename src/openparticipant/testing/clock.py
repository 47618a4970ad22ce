"""A clock whose hands the test moves."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from dataclasses import dataclass

START = 1_767_225_600_000  # 2026-01-01T00:00:00Z


@dataclass(frozen=True, slots=True, eq=False)
class _Sleeper:
    due_at: int
    awake: asyncio.Future[None]


class SettableClock:
    """`Clock` that stands still until it is told the time, from any thread.

    Times are epoch milliseconds, UTC.
    """

    def __init__(self, now: int = START) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._sleepers: list[_Sleeper] = []

    @property
    def next_due(self) -> int | None:
        """The instant at which the first of those who sleep wakes, None while nobody does."""
        with self._lock:
            return min((sleeper.due_at for sleeper in self._sleepers), default=None)

    def now(self) -> int:
        """Return the instant that was set last."""
        return self._now

    def advance(self, millis: int) -> None:
        """Let `millis` pass and wake whoever slept so long."""
        with self._lock:
            self._set(self._now + millis)

    def set(self, now: int) -> None:
        """Set the hands to an instant; it may lie in the past, as when a machine's clock is put back."""
        with self._lock:
            self._set(now)

    async def sleep(self, millis: int) -> None:
        """Return once the clock has been moved on by `millis`; others run in any case."""
        if millis <= 0:
            await asyncio.sleep(0)
            return
        awake = asyncio.get_running_loop().create_future()
        with self._lock:
            sleeper = _Sleeper(self._now + millis, awake)
            self._sleepers.append(sleeper)
        try:
            await awake
        finally:
            with self._lock:
                if sleeper in self._sleepers:
                    self._sleepers.remove(sleeper)

    def _set(self, now: int) -> None:
        self._now = now
        due = sorted(
            (sleeper for sleeper in self._sleepers if sleeper.due_at <= now),
            key=lambda sleeper: sleeper.due_at,
        )
        for sleeper in due:
            self._sleepers.remove(sleeper)
            with contextlib.suppress(RuntimeError):  # its loop has been closed
                sleeper.awake.get_loop().call_soon_threadsafe(_wake, sleeper.awake)


def _wake(awake: asyncio.Future[None]) -> None:
    if not awake.done():
        awake.set_result(None)
