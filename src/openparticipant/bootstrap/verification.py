"""A verification of a node's rows and objects, from outside of the node."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openparticipant.bootstrap.database import file_of, is_postgres, postgres
from openparticipant.bootstrap.objects import is_s3, root_of, s3
from openparticipant.data_dir import DataDir
from openparticipant.errors import Unavailable
from openparticipant.objects.shelf import Shelf
from openparticipant.objects.workers import Workers
from openparticipant.operations.verification import Verification
from openparticipant.ports import Clock, IdSource, Inventory, ObjectShelf
from openparticipant.settings import Settings
from openparticipant.stores.inventory import SqlInventory
from openparticipant.stores.sqlite_reader import SqliteReader
from openparticipant.transport.start import StartError

_THREADS = 4


@asynccontextmanager
async def verification(
    settings: Settings, clock: Clock, ids: IdSource, *, rate: int
) -> AsyncIterator[Verification]:
    """Open what a node stands on, for reading alone, whether the node runs or not.

    Raises StartError.
    """
    async with _rows(settings) as rows, _objects(settings, clock, ids) as objects:
        yield Verification(rows, objects, clock, rate=rate)


@asynccontextmanager
async def _rows(settings: Settings) -> AsyncIterator[Inventory]:
    if is_postgres(settings):
        async with postgres().opened(settings.database, migrate=False) as shared:
            yield SqlInventory(shared)
        return
    reader = sqlite_reader(settings)
    try:
        yield SqlInventory(reader)
    finally:
        reader.close()


def sqlite_reader(settings: Settings) -> SqliteReader:
    """Open the database that is a file, beside a server that may run. Raises StartError."""
    path = file_of(settings, DataDir(settings.data_dir))
    if not path.exists():
        raise StartError(f"{path} is not there: no server has run on {settings.data_dir} yet")
    try:
        return SqliteReader(path)
    except Unavailable as error:
        raise StartError(f"{path}: {error}") from error


@asynccontextmanager
async def _objects(settings: Settings, clock: Clock, ids: IdSource) -> AsyncIterator[ObjectShelf]:
    if is_s3(settings):
        async with s3().opened(settings, clock, ids) as bucket:
            yield bucket
        return
    root = root_of(settings, DataDir(settings.data_dir))
    if not root.is_dir():
        raise StartError(f"{root}, where the objects should be, is not there")
    workers = Workers(_THREADS)
    try:
        yield Shelf(root, workers)
    finally:
        workers.close()
