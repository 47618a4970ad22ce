"""Who else runs on the same database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NodeEntry:
    """One node as the others see it.

    `id` stays with its data directory, `life` is one start of it. `stands_on` names what only one
    node can have, for people; a node that may be one of many has an empty one. Times are epoch
    milliseconds of the database's clock.
    """

    id: str
    life: str
    host: str
    pid: int
    release: str
    stands_on: str
    started_at: int
    seen_at: int


class NodeRegistry(Protocol):
    """The list of nodes, which lies in the database that they share."""

    async def now(self) -> int:
        """Return what the database's own clock says."""
        ...

    async def register(self, entry: NodeEntry, *, silent_since: int) -> NodeEntry | None:
        """List a node, in the place of an earlier life of it.

        Where another one that was heard after `silent_since` makes that impossible, since either
        of the two stands on something that only one can have, nothing changes and the other one
        is returned.
        """
        ...

    async def renew(self, entry: NodeEntry, *, now: int, silent_since: int) -> bool:
        """Note that this life of a node goes on; False, and no change, if it counted as over."""
        ...

    async def remove(self, entry: NodeEntry) -> None:
        """Take this life of a node off the list."""
        ...

    async def listed(self) -> list[NodeEntry]:
        """Return all nodes, also those that fell silent, the first to start first."""
        ...
