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
from openparticipant.testing.store_contract import RULES, OpenStore, Rule, hold, name_of, unheard
from tests.contracts.postgres_stores import PostgresStores


@pytest.fixture
def sqlite(tmp_path: Path) -> OpenStore:
    """Return what opens a store in a SQLite file."""

    @asynccontextmanager
    async def open_store() -> AsyncIterator[ContactStore]:
        database = SqliteDatabase(tmp_path / "database")
        try:
            yield SqlContactStore(database, RandomIds())
        finally:
            database.close()

    return open_store


@pytest.mark.parametrize("rule", RULES, ids=name_of)
async def test_sqlite(rule: Rule, sqlite: OpenStore) -> None:
    """A store in a SQLite file keeps the rule."""
    await hold(rule, sqlite)


@pytest.mark.parametrize("rule", RULES, ids=name_of)
async def test_sqlite_asked_twice(rule: Rule, sqlite: OpenStore) -> None:
    """It keeps the rule also where each answer is lost, and the same asked for again."""
    await hold(rule, unheard(sqlite))


@pytest.mark.parametrize("rule", RULES, ids=name_of)
async def test_postgres(rule: Rule, postgres: str) -> None:
    """The same writes in a PostgreSQL keep the rule."""
    async with PostgresStores(postgres) as stores:
        await hold(rule, stores)


@pytest.mark.parametrize("rule", RULES, ids=name_of)
async def test_postgres_asked_twice(rule: Rule, postgres: str) -> None:
    """So they do where each answer is lost, as it is when a line breaks at the end of a write."""
    async with PostgresStores(postgres) as stores:
        await hold(rule, unheard(stores))
