"""Just enough of a PostgreSQL driver to hold the writes, as they stand, to the store's contract."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import resources
from typing import Any, Self, TypeVar

import asyncpg

from openparticipant.errors import Unavailable
from openparticipant.ports import ContactStore
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.write import Rows, Write
from openparticipant.system import RandomIds

T = TypeVar("T")

# What SQLite's schema says in its own words, most specific first.
_DIALECT = (
    ("INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY"),
    ("INTEGER", "BIGINT"),
    ("BLOB", "BYTEA"),
    ("WITHOUT ROWID", ""),
)
_CONNECTIONS = 8
_TRIES = 20
_schemas = itertools.count(1)


class PostgresDatabase:
    """`Database` on a pool: each write in a transaction of its own, as isolated as is usual."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def write(self, make: Callable[[], Write[T]]) -> T:
        """Run a write; again if it and another one stood in each other's way."""
        lost: Exception | None = None
        for _ in range(_TRIES):
            try:
                async with self._pool.acquire() as connection, connection.transaction():
                    return await _drive(connection, make())
            except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError) as error:
                lost = error
        raise Unavailable(f"database: {lost}")

    async def read(self, statement: str, *parameters: Any) -> Rows:
        """Run one SELECT."""
        rows: Rows = await self._pool.fetch(statement, *parameters)
        return rows

    async def now(self) -> int:
        """Return the server's clock."""
        now: int = await self._pool.fetchval(
            "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"
        )
        return now


async def _drive(connection: Any, write: Write[T]) -> T:
    try:
        statement, parameters = next(write)
        while True:
            rows = await connection.fetch(statement, *parameters)
            statement, parameters = write.send(rows)
    except StopIteration as finished:
        result: T = finished.value
        return result


def schema() -> str:
    """Return the schema of the newest version in PostgreSQL's words."""
    folder = resources.files("openparticipant.stores.migrations")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    script = "\n".join(file.read_text("utf-8") for file in files)
    for here, there in _DIALECT:
        script = script.replace(here, there)
    return script


class PostgresStores:
    """A database that is empty at first, opened as often as a rule asks."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._schema = f"contract_{os.getpid()}_{next(_schemas)}"

    def __call__(self) -> AbstractAsyncContextManager[ContactStore]:
        """Open it."""
        return self._open()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[ContactStore]:
        async with asyncpg.create_pool(
            self._address,
            min_size=1,
            max_size=_CONNECTIONS,
            server_settings={"search_path": self._schema},
        ) as pool:
            yield SqlContactStore(PostgresDatabase(pool), RandomIds())

    async def __aenter__(self) -> Self:
        await self._execute(
            f"CREATE SCHEMA {self._schema}; SET search_path = {self._schema}; {schema()}"
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._execute(f"DROP SCHEMA {self._schema} CASCADE")

    async def _execute(self, script: str) -> None:
        connection = await asyncpg.connect(self._address)
        try:
            await connection.execute(script)
        finally:
            await connection.close()
