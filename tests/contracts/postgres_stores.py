"""Stores on a real PostgreSQL, each in a schema of its own."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Self

import asyncpg

from openparticipant.bootstrap import postgres
from openparticipant.ports import ContactStore
from openparticipant.stores.postgres import PostgresDatabase
from openparticipant.stores.postgres_store import PostgresContactStore
from openparticipant.system import RandomIds

_schemas = itertools.count(1)


class PostgresStores:
    """A database that is empty at first, opened as often as a rule asks."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.schema = f"contract_{os.getpid()}_{next(_schemas)}"
        self.url = f"{address}{'&' if '?' in address else '?'}search_path={self.schema}"

    @asynccontextmanager
    async def database(self) -> AsyncIterator[PostgresDatabase]:
        """Open it without a store on it, as one more node would."""
        async with postgres.opened(self.url, migrate=True) as database:
            yield database

    def __call__(self) -> AbstractAsyncContextManager[ContactStore]:
        """Open it."""
        return self._open()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[ContactStore]:
        async with self.database() as database:
            yield PostgresContactStore(database, RandomIds())

    async def __aenter__(self) -> Self:
        await self.execute(f"CREATE SCHEMA {self.schema}")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.execute(f"DROP SCHEMA {self.schema} CASCADE")

    async def execute(self, script: str) -> None:
        """Run a script beside the stores."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(script)
        finally:
            await connection.close()
