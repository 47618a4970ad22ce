"""PostgreSQL behind a pooler in transaction mode, held to everything that the port promises."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from openparticipant.bootstrap import postgres as back_end
from openparticipant.ports import ContactStore
from openparticipant.stores.postgres_address import parse
from openparticipant.stores.postgres_line import Line
from openparticipant.stores.postgres_store import PostgresContactStore
from openparticipant.system import RandomIds
from openparticipant.testing.store_contract import RULES, Rule, hold, name_of
from tests.engines.pgbouncer import Pgbouncer
from tests.engines.postgres import PostgresServer


@pytest.fixture(scope="module")
def pooler() -> Iterator[Pgbouncer]:
    """Return a pooler before a server of this module's own."""
    with PostgresServer() as server, Pgbouncer(server) as pooler:
        yield pooler


async def empty(pooler: Pgbouncer) -> str:
    """Empty the database and return its address; a schema that a session is set to is of no use."""
    connection = await asyncpg.connect(pooler.address, statement_cache_size=0)
    try:
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await connection.close()
    return pooler.address


@pytest.mark.parametrize("rule", RULES, ids=name_of)
async def test_postgres_behind_a_pooler(rule: Rule, pooler: Pgbouncer) -> None:
    """A store whose transactions share three sessions keeps the rule."""
    address = await empty(pooler)

    @asynccontextmanager
    async def open_store() -> AsyncIterator[ContactStore]:
        async with back_end.opened(address, migrate=True) as database:
            yield PostgresContactStore(database, RandomIds())

    await hold(rule, open_store)


async def test_nothing_is_left_in_a_session(pooler: Pgbouncer) -> None:
    """No statement is kept there and no setting changed, whoever gets the session next."""
    async with back_end.opened(await empty(pooler), migrate=True) as database:
        settings = "SELECT name, setting FROM pg_settings WHERE source = 'session'"
        before = await database.read(settings)
        await database.now()
        assert await database.read("SELECT name FROM pg_prepared_statements WHERE name <> ''") == []
        assert await database.read("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'") == []
        assert await database.read(settings) == before


async def test_a_direct_line_keeps_its_statements(postgres: str) -> None:
    """The server reads each once: whether a pooler stands between is seen, not configured."""
    line = await Line.dial(parse(postgres))
    try:
        for _ in range(3):
            rows = await line.fetch("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''")
        assert rows == [(1,)]
    finally:
        await line.hang_up()
