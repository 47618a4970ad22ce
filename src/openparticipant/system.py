"""The real clock and the real randomness; nothing else asks the machine for either."""

from __future__ import annotations

import asyncio
import os
import secrets
import time

_UUIDS_AT_ONCE = 64
# macOS's own monotonic clock counts the time that it slept; Linux has another one for that.
_PASSING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class SystemClock:
    """`Clock` on the machine's own time."""

    def now(self) -> int:
        """Return the present instant in epoch milliseconds."""
        return time.time_ns() // 1_000_000

    async def sleep(self, millis: int) -> None:
        """Return once `millis` have passed."""
        await asyncio.sleep(millis / 1000)


class SteadyClock(SystemClock):
    """`Clock` that begins with the machine's time and from then on goes by what has passed.

    Whoever sets the machine's clock meanwhile moves no deadline and ends no token; time that the
    machine slept counts.
    """

    def __init__(self) -> None:
        self.set(super().now())

    def now(self) -> int:
        """Return the present instant in epoch milliseconds."""
        return self._ahead + time.clock_gettime_ns(_PASSING) // 1_000_000

    def set(self, now: int) -> None:
        """Go on from another instant."""
        self._ahead = now - time.clock_gettime_ns(_PASSING) // 1_000_000


class RandomIds:
    """`IdSource` on the machine's own randomness."""

    def __init__(self) -> None:
        self._uuids: list[str] = []

    def uuid(self) -> str:
        """Return a random version 4 UUID in lower case."""
        # In batches: a request takes two, and asking the kernel for each and building a UUID object
        # around it costs six times as much.
        try:
            return self._uuids.pop()
        except IndexError:
            first, *self._uuids = _uuids(_UUIDS_AT_ONCE)
            return first

    def token(self) -> str:
        """Return a bearer secret: 256 random bits, hexadecimal.

        A token that began with a hyphen would be taken for an option by command lines.
        """
        return secrets.token_hex(32)


def _uuids(count: int) -> list[str]:
    """Make version 4 UUIDs (RFC 9562, section 5.4)."""
    drawn = os.urandom(16 * count).hex()
    return [
        f"{it[:8]}-{it[8:12]}-4{it[13:16]}-{'89ab'[int(it[16], 16) & 3]}{it[17:20]}-{it[20:]}"
        for it in (drawn[at : at + 32] for at in range(0, len(drawn), 32))
    ]
