"""The names of files that are saved side by side."""

from __future__ import annotations

import os
from threading import Condition
from unicodedata import normalize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Place:
    """A file's place among those of one command, by which it gets a name that no other one has.

    The first of a name keeps it, the next ones have (2), (3) and so on behind the stem: by their
    places, whichever comes sooner. So each waits until those before it have a name or have failed.
    """

    def __init__(self, at: int, shared: Shared) -> None:
        self._at = at
        self._shared = shared

    def claim(self, name: str) -> str:
        """Return the name to use."""
        return self._shared.claim(self._at, name)

    def give_up(self) -> None:
        """Let those behind go on; without a claim, too."""
        self._shared.pass_by(self._at)


class Shared:
    """What the places of one command know of each other."""

    def __init__(self, count: int) -> None:
        self._open = set(range(count))
        self._taken: set[str] = set()
        self._changed = Condition()

    def claim(self, at: int, name: str) -> str:
        """See `Place.claim`."""
        with self._changed:
            self._changed.wait_for(lambda: min(self._open) == at)
            stem, ending = os.path.splitext(name)  # noqa: PTH122 - pathlib is slow to import
            number, chosen = 1, name
            while _folded(chosen) in self._taken:
                number += 1
                chosen = f"{stem} ({number}){ending}"
            self._taken.add(_folded(chosen))
        self.pass_by(at)
        return chosen

    def pass_by(self, at: int) -> None:
        """See `Place.give_up`."""
        with self._changed:
            self._open.discard(at)
            self._changed.notify_all()


def places(count: int) -> Iterator[Place]:
    """Return as many places, in their order."""
    shared = Shared(count)
    return (Place(at, shared) for at in range(count))


def _folded(name: str) -> str:
    # Some file systems take names for the same that differ in this only.
    return normalize("NFC", name.casefold())
