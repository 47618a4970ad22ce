"""One assembled node."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from openparticipant.bootstrap.keys import KeyRing
from openparticipant.data_dir import DataDir
from openparticipant.domain.access_key import Purpose
from openparticipant.operations import deadlines
from openparticipant.operations.membership import Membership
from openparticipant.operations.review import Reviewer
from openparticipant.operations.rule_book import RuleBook
from openparticipant.ports import Ports
from openparticipant.sigv4 import Credentials
from openparticipant.transport.engines import Engines
from openparticipant.transport.live.rooms import Rooms
from openparticipant.transport.patience import allowing
from openparticipant.transport.server import Server


class Node:
    """One assembled node, not yet serving; `close` gives back what it holds."""

    def __init__(
        self,
        *,
        server: Server,
        ports: Ports,
        rooms: Rooms,
        reviewer: Reviewer,
        engines: Engines,
        membership: Membership,
        data_dir: DataDir,
        keys: KeyRing,
        rule_book: RuleBook,
        held: AsyncExitStack,
    ) -> None:
        self.server = server
        self.ports = ports
        self.data_dir = data_dir
        self._keys = keys
        self._rule_book = rule_book
        self._rooms = rooms
        self._reviewer = reviewer
        self._engines = engines
        self._membership = membership
        self._held = held
        self._watches: list[asyncio.Task[None]] = []

    @property
    def control_key(self) -> Credentials:
        """The newest key pair of the control plane."""
        return self._keys.newest(Purpose.CONTROL)

    @property
    def over(self) -> asyncio.Future[str]:
        """Done once this node may not go on, with one line that says why."""
        return self._membership.over

    def watch(self) -> None:
        """Begin the background work: deadlines, scans, listeners the bus forgot, nodes, engines, keys, rules."""
        work = (
            self._membership.watch(),
            deadlines.watch(self.ports),
            self._reviewer.watch(),
            self._rooms.watch(),
            self._engines.watch(),
            self._keys.watch(),
            self._rule_book.watch(),
        )
        # It begins anew by itself, soon enough.
        with allowing(0):
            self._watches = [asyncio.create_task(each) for each in work]

    async def close(self) -> None:
        """End background work and close the database and the object store."""
        for watch in self._watches:
            watch.cancel()
        if self._watches:
            await asyncio.wait(self._watches)
        await self._held.aclose()
