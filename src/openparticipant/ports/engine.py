"""What a node stands on and others may share: it can be away while the node is well."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Engine(Protocol):
    """A database, an object store, a bus, scanners, and the clock that nodes have in common."""

    @property
    def trouble(self) -> str | None:
        """One line that says what is wrong now and holds no secret, or None.

        It ends by itself: an engine that is in trouble looks about once a second whether it still is.
        """
        ...
