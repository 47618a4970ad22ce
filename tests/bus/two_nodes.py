"""Two nodes in this process, with one PostgreSQL and one NATS between them."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from openparticipant.testing.chat import Chat
from openparticipant.testing.server import Server

_schemas = itertools.count(1)


@contextmanager
def two_nodes(postgres: str, nats: str, **settings: str) -> Iterator[tuple[Server, Server]]:
    """Start them on a schema of their own."""
    schema = f"nodes_{os.getpid()}_{next(_schemas)}"
    database = f"{postgres}{'&' if '?' in postgres else '?'}search_path={schema}"
    _execute(postgres, f"CREATE SCHEMA {schema}")
    shared: dict[str, Any] = {"database": database, "bus": nats, **settings}
    try:
        with Server(log=io.BytesIO(), **shared) as one, Server(log=io.BytesIO(), **shared) as other:
            yield one, other
    finally:
        _execute(postgres, f"DROP SCHEMA {schema} CASCADE")


def at(server: Server, chat: Chat) -> Chat:
    """Return the same participant, who talks to that node."""
    return dataclasses.replace(chat, server=server)


def _execute(address: str, script: str) -> None:
    async def execute() -> None:
        connection = await asyncpg.connect(address)
        try:
            await connection.execute(script)
        finally:
            await connection.close()

    asyncio.run(execute())
