"""Who is connected, and who has to make room when too many are."""

from __future__ import annotations

import resource
import sys
from typing import Protocol

# Of the descriptors that a process may have; the others are for files, the database, and handshakes.
_SHARE = 3 / 4


class Waiting(Protocol):
    """A connection on which nothing is being done."""

    def make_room(self) -> None:
        """Close it in favour of another one."""


class Crowd:
    """The idle connections of one listener, in the order in which they became so."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._idle: dict[Waiting, None] = {}

    def admits(self, connected: int) -> bool:
        """Tell whether one more may stay of `connected`, itself among them; if so, there is room.

        Whoever has been idle for longest makes it; one who is served or sends something never does.
        """
        if connected <= self._most:
            return True
        longest = next(iter(self._idle), None)
        if longest is None:
            return False
        del self._idle[longest]
        longest.make_room()
        return True

    def idle(self, connection: Waiting) -> None:
        """Take note of a connection on which nothing is being done from now on."""
        self._idle[connection] = None

    def busy(self, connection: Waiting) -> None:
        """Forget a connection that asks for something, or is gone."""
        self._idle.pop(connection, None)


def affordable() -> int:
    """Return how many connections the descriptors of this process suffice for."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if descriptors == resource.RLIM_INFINITY else int(descriptors * _SHARE)
