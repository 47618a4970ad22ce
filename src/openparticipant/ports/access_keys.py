"""The key pairs of a server, as its operator handles them."""

from __future__ import annotations

from typing import Protocol

from openparticipant.domain.access_key import AccessKey, Purpose


class AccessKeys(Protocol):
    """The key pairs that all nodes of a database share. A change holds for all within a second."""

    async def listed(self) -> list[AccessKey]:
        """Return those that anything is still admitted by; by purpose, the newest first."""
        ...

    async def add(self, purpose: Purpose) -> tuple[AccessKey, str]:
        """Make a key pair and return it with its secret; of its purpose it is the newest now."""
        ...

    async def retire(self, access_key_id: str, *, is_leaked: bool) -> AccessKey | None:
        """Let a key pair sign nothing more, and return what became of it; None: there is none.

        What it signed is good for as long as it was to be, unless the pair `is_leaked`. Where it
        was retired before, the earlier end counts. Raises LastKeyError.
        """
        ...


class LastKeyError(Exception):
    """No other key pair of `purpose` signs."""

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(purpose.value)
        self.purpose = purpose
