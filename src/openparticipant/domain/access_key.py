"""Key pairs: what is known of one beside its secret."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Purpose(enum.StrEnum):
    """What a key pair is good for; one is never taken for the other.

    Back ends and operators sign their calls with CONTROL. With OBJECTS the built-in store signs
    the URLs that it hands out.
    """

    CONTROL = "control"
    OBJECTS = "objects"

    @property
    def prefix(self) -> str:
        """How the ids of such pairs begin."""
        return "AKIA" if self is Purpose.CONTROL else "OPOB"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key pair without its secret; epoch milliseconds.

    From `retires_at` on nothing that it signed is admitted; None where it signs for new requests.
    """

    id: str
    purpose: Purpose
    created_at: int
    retires_at: int | None

    @property
    def title(self) -> str:
        """What it is called in messages, and what its secret is sealed for."""
        return f"{self.purpose.value} {self.id}"

    def is_good(self, now: int) -> bool:
        """Tell whether what it signed is admitted at an instant."""
        return self.retires_at is None or now < self.retires_at
