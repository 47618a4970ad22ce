"""The real clock and the real randomness; nothing else asks the machine for either."""

from __future__ import annotations

import asyncio
import secrets
import time
import uuid


class SystemClock:
    """`Clock` on the machine's own time."""

    def now(self) -> int:
        """Return the present instant in epoch milliseconds."""
        return time.time_ns() // 1_000_000

    async def sleep(self, millis: int) -> None:
        """Return once `millis` have passed."""
        await asyncio.sleep(millis / 1000)


class RandomIds:
    """`IdSource` on the machine's own randomness."""

    def uuid(self) -> str:
        """Return a random version 4 UUID in lower case."""
        return str(uuid.uuid4())

    def token(self) -> str:
        """Return a bearer secret: 256 random bits, hexadecimal.

        A token that began with a hyphen would be taken for an option by command lines.
        """
        return secrets.token_hex(32)
