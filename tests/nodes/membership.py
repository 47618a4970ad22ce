"""Nodes on one list, each with a clock of its own, beside a database with one that the test sets."""

from __future__ import annotations

from dataclasses import replace

from openparticipant.operations.membership import Membership
from openparticipant.ports import NodeEntry
from openparticipant.stores import identity
from openparticipant.stores.nodes import SqlNodeRegistry
from openparticipant.stores.write import Database
from openparticipant.system import RandomIds
from openparticipant.testing.clock import SettableClock

MANY, ALONE = "", "SQLite"
_ids = RandomIds()


class Listed(SqlNodeRegistry):
    """The list in a database whose clock the test sets."""

    def __init__(self, database: Database, clock: SettableClock) -> None:
        super().__init__(database)
        self._clock = clock

    async def now(self) -> int:
        """Return the time that was set."""
        return self._clock.now()


class Nodes:
    """Nodes that share one database; `clock` is its clock, and at first everybody's."""

    def __init__(self, database: Database) -> None:
        self.clock = SettableClock()
        self.registry = Listed(database, self.clock)
        self.database = database
        self.renamed: list[str] = []

    async def prepare(self) -> None:
        """Give the database its name."""
        await self.database.write(lambda: identity.ensure("database"))

    def node(
        self,
        id: str,  # noqa: A002 - the member's name
        stands_on: str = MANY,
        *,
        clock: SettableClock | None = None,
    ) -> Membership:
        """Return a node that begins its life; it has not joined yet."""
        entry = NodeEntry(id, _ids.uuid(), f"host-of-{id}", 7, "0.1.0", stands_on, 0, 0)

        def rename() -> str:
            self.renamed.append(f"{id} again")
            return self.renamed[-1]

        return Membership(
            self.registry,
            clock or self.clock,
            entry,
            rename=rename,
            agree=(clock or self.clock).set,
        )

    async def joined(self, id: str, stands_on: str = MANY) -> Membership:  # noqa: A002 - as above
        """Return a node that has joined."""
        node = self.node(id, stands_on)
        await node.join()
        return node

    async def listed(self) -> list[str]:
        """Return the ids of all that are on the list, in order."""
        return sorted(each.id for each in await self.registry.listed())

    async def entry(self, id: str) -> NodeEntry:  # noqa: A002 - as above
        """Return what the list says of a node."""
        (found,) = [each for each in await self.registry.listed() if each.id == id]
        return replace(found)
