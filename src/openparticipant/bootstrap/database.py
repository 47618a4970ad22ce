"""Which database a node stands on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

from openparticipant.data_dir import DataDir
from openparticipant.errors import Unavailable
from openparticipant.ports import ContactStore, IdSource
from openparticipant.settings import Settings
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.stores.write import Database
from openparticipant.transport.start import StartError


@asynccontextmanager
async def database(settings: Settings, data_dir: DataDir) -> AsyncIterator[Database]:
    """Open the database, at a schema that this code knows. Raises StartError."""
    if is_postgres(settings):
        async with postgres().opened(settings.database, migrate=not settings.no_migrate) as shared:
            yield shared
        return
    opened = _open(file_of(settings, data_dir), migrate=not settings.no_migrate)
    try:
        yield opened
    finally:
        await asyncio.to_thread(opened.close)


def contact_store(settings: Settings, opened: Database, ids: IdSource) -> ContactStore:
    """Return the store on an open database."""
    if is_postgres(settings):
        shared: ContactStore = postgres().PostgresContactStore(opened, ids)
        return shared
    return SqlContactStore(opened, ids)


def is_postgres(settings: Settings) -> bool:
    """Tell whether the database is one that nodes share."""
    return bool(settings.database) and settings.database.startswith("postgresql:")


def postgres() -> ModuleType:
    """Return the room of PostgreSQL, which is entered by those who use one. Raises StartError."""
    if find_spec("asyncpg") is None:
        raise StartError(
            '--database postgresql://… needs the extra "postgres": '
            "pip install 'openparticipant[postgres]'"
        )
    from openparticipant.bootstrap import postgres  # noqa: PLC0415 - an extra

    return postgres


def file_of(settings: Settings, data_dir: DataDir) -> Path:
    """Return the file of a database that is one. Raises StartError."""
    if not settings.database:
        return data_dir.path / "openparticipant.sqlite3"
    path = file_path(settings.database, "sqlite").resolve()
    if not path.is_relative_to(data_dir.path.resolve()):
        raise StartError(
            f"the database {path} must lie below the data directory {data_dir.path}, since it "
            "holds keys"
        )
    return path


def _open(path: Path, *, migrate: bool) -> SqliteDatabase:
    try:
        return SqliteDatabase(path, migrate=migrate)
    except Unavailable as error:
        raise StartError(f"{path}: {error}") from error


def file_path(url: str, scheme: str) -> Path:
    """Return the path that a URL of a file names."""
    # Three slashes or four: the path is absolute either way.
    return Path("/" + unquote(url.removeprefix(f"{scheme}://")).lstrip("/"))
