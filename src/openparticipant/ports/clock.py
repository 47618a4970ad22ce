"""Time and chance."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Time in epoch milliseconds, UTC."""

    def now(self) -> int:
        """Return the present instant."""
        ...

    async def sleep(self, millis: int) -> None:
        """Return once `millis` have passed on this clock."""
        ...


class IdSource(Protocol):
    """Names nobody can guess."""

    def uuid(self) -> str:
        """Return a random version 4 UUID in lower case."""
        ...

    def token(self) -> str:
        """Return a bearer secret: at least 256 random bits in letters and digits."""
        ...
