"""Both databases tell the time of their own clock, by which nodes compare theirs."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.stores.write import Database
from tests.contracts.postgres_stores import PostgresStores

NEAR = 5000  # milliseconds


async def agrees(database: Database) -> None:
    """Hold a database on this machine to this machine's clock."""
    before = time.time_ns() // 1_000_000
    told = await database.now()
    assert before - NEAR < told < before + NEAR
    assert told <= await database.now()


async def test_sqlite_tells_milliseconds(tmp_path: Path) -> None:
    """Its days since a noon of long ago become milliseconds since 1970."""
    with closing(SqliteDatabase(tmp_path / "database")) as database:
        await agrees(database)


async def test_postgres_tells_milliseconds(postgres: str) -> None:
    """It is the clock's time, not that of the transaction's begin."""
    async with PostgresStores(postgres) as stores, stores.database() as database:
        await agrees(database)
