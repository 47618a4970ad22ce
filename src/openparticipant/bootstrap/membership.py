"""Which nodes may share a database, and how this one says that it is there."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from openparticipant import __version__
from openparticipant.bootstrap.database import is_postgres
from openparticipant.bootstrap.foundation import Foundation
from openparticipant.bootstrap.objects import is_s3
from openparticipant.data_dir import DataDir, DataDirError
from openparticipant.operations.membership import Membership, NotWelcomeError
from openparticipant.ports import Clock, NodeEntry
from openparticipant.settings import Settings
from openparticipant.stores.nodes import SqlNodeRegistry
from openparticipant.stores.write import Database
from openparticipant.system import SteadyClock, SystemClock
from openparticipant.transport.start import StartError


@asynccontextmanager
async def membership(
    settings: Settings, data_dir: DataDir, database: Database, on: Foundation
) -> AsyncIterator[Membership]:
    """Enter the list of nodes until the end. Raises StartError where this one may not be there."""

    def rename() -> str:
        fresh = on.ids.uuid()
        data_dir.rename_node(fresh)
        return fresh

    try:
        node_id = data_dir.node_id(on.ids.uuid())
    except DataDirError as error:
        raise StartError(str(error)) from None
    entry = NodeEntry(
        id=node_id,
        life=on.ids.uuid(),
        host=socket.gethostname(),
        pid=os.getpid(),
        release=__version__,
        stands_on=only_one(settings),
        started_at=0,
        seen_at=0,
    )
    member = Membership(
        SqlNodeRegistry(database),
        on.clock,
        entry,
        rename=rename,
        agree=_set(on.clock) if is_postgres(settings) else None,
    )
    try:
        await member.join()
    except NotWelcomeError as error:
        raise StartError(str(error)) from None
    try:
        yield member
    finally:
        await member.leave()


def own_clock(settings: Settings) -> Clock:
    """Return the clock of a process that serves.

    A node that is alone follows its machine's. One that is not goes by the time of the database,
    which no machine's owner sets.
    """
    return SteadyClock() if is_postgres(settings) else SystemClock()


def _set(clock: Clock) -> Callable[[int], None]:
    return clock.set if isinstance(clock, SteadyClock) else lambda _: None


def only_one(settings: Settings) -> str:
    """Name what only one node can stand on, as people read it; nothing for one among many."""
    parts = {
        "SQLite": not is_postgres(settings),
        "file: objects": not is_s3(settings),
        "the local: bus": settings.bus.startswith("local:"),
    }
    return ", ".join(name for name, it_is in parts.items() if it_is)
