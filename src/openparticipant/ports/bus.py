"""How listeners are told at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from openparticipant.domain.transcript import Hint, Notice


class Bus(Protocol):
    """How the listeners of a contact, on any node, are told of something at once.

    It is a hint: what it carries may be lost, doubled or out of order. The truth about items is in
    the store.
    """

    def publish(self, notice: Notice) -> None:
        """Pass a notice on to whoever listens to its contact; never waits, never raises."""
        ...

    def listen(self, contact_id: str, hear: Callable[[Hint], None]) -> Callable[[], None]:
        """Call `hear` for all that is published of a contact, until the function returned is called.

        A notice that is too large to travel arrives as `Advanced`.
        """
        ...
