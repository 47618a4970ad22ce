"""Both databases, held to everything that the port promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from openparticipant.ports import ContactStore
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.system import RandomIds
from openparticipant.testing.store_contract import RULES, Rule, hold, name_of
from tests.contracts.postgres_stores import PostgresStores


@pytest.mark.parametrize("rule", RULES, ids=name_of)
async def test_sqlite(rule: Rule, tmp_path: Path) -> None:
    """A store in a SQLite file keeps the rule."""

    @asynccontextmanager
    async def open_store() -> AsyncIterator[ContactStore]:
        database = SqliteDatabase(tmp_path / "database")
        try:
            yield SqlContactStore(database, RandomIds())
        finally:
            database.close()

    await hold(rule, open_store)


@pytest.mark.parametrize("rule", RULES, ids=name_of)
async def test_postgres(rule: Rule, postgres: str) -> None:
    """The same writes in a PostgreSQL keep the rule."""
    async with PostgresStores(postgres) as stores:
        await hold(rule, stores)
