"""Which nodes may share a database, and how this one says that it is there."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openparticipant import __version__
from openparticipant.bootstrap.database import is_embedded
from openparticipant.bootstrap.foundation import Foundation
from openparticipant.data_dir import DataDir, DataDirError
from openparticipant.operations.membership import Membership, NotWelcomeError
from openparticipant.ports import NodeEntry
from openparticipant.settings import Settings
from openparticipant.stores.nodes import SqlNodeRegistry
from openparticipant.stores.write import Database
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
        judges_clock=not is_embedded(settings),
    )
    try:
        await member.join()
    except NotWelcomeError as error:
        raise StartError(str(error)) from None
    try:
        yield member
    finally:
        await member.leave()


def only_one(settings: Settings) -> str:
    """Name what only one node can stand on, as people read it; nothing for one among many."""
    parts = {
        "SQLite": is_embedded(settings),
        "file: objects": settings.objects.startswith("file:") if settings.objects else True,
        "the local: bus": settings.bus.startswith("local:"),
    }
    return ", ".join(name for name, it_is in parts.items() if it_is)
