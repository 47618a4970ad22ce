"""A PostgreSQL that a node can stand on: reached, examined, and at a schema that this code knows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from openparticipant.stores import postgres_schema, steps
from openparticipant.stores.postgres import PostgresDatabase
from openparticipant.stores.postgres_address import Address, AddressError, parse
from openparticipant.stores.postgres_errors import words
from openparticipant.stores.postgres_greeting import greets
from openparticipant.stores.postgres_line import OLDEST_SERVER, Line, ServerTooOldError
from openparticipant.stores.postgres_store import PostgresContactStore
from openparticipant.stores.steps import Step
from openparticipant.transport.start import StartError

__all__ = ["PostgresContactStore", "check", "missing", "opened", "upgrade"]

_GREETING_SECONDS = 3
_SYNCHRONOUS = "SELECT current_setting('synchronous_commit')"


@asynccontextmanager
async def opened(url: str, *, migrate: bool) -> AsyncIterator[PostgresDatabase]:
    """Open a database; take the steps that its schema lacks if `migrate`. Raises StartError."""
    address = _address(url)
    async with _examined(address) as line:
        if migrate:
            await postgres_schema.upgrade(line, steps.known())
        await _refuse_schema(line, address)
    database = PostgresDatabase(address)
    try:
        yield database
    finally:
        await database.close()


async def check(url: str, *, migrate: bool) -> None:
    """Raise StartError if a start would fail on this database; change nothing."""
    address = _address(url)
    async with _examined(address) as line:
        if not migrate or (await postgres_schema.find(line)).version > len(steps.known()):
            await _refuse_schema(line, address)


async def missing(url: str) -> list[Step]:
    """Return the steps that the schema lacks. Raises StartError."""
    async with _examined(_address(url)) as line:
        return steps.known()[(await postgres_schema.find(line)).version :]


async def upgrade(url: str) -> list[Step]:
    """Take the steps that the schema lacks and return them. Raises StartError."""
    async with _examined(_address(url)) as line:
        return await postgres_schema.upgrade(line, steps.known())


def _address(url: str) -> Address:
    try:
        return parse(url)
    except AddressError as error:
        raise StartError(f"--database: the URL {error}") from None


@asynccontextmanager
async def _examined(address: Address) -> AsyncIterator[Line]:
    """Connect, and check what will be relied on; whatever fails until the end is a StartError."""
    try:
        await _refuse_strangers(address)
        line = await Line.dial(address)
        try:
            ((synchronous,),) = await line.fetch(_SYNCHRONOUS)
            if synchronous == "off":
                raise StartError(
                    f"database on {address.shown}: synchronous_commit is off, so it would lose what "
                    "was acknowledged"
                )
            yield line
        finally:
            await line.hang_up()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StartError(f"database on {address.shown}: {words(error)}") from error
    except ServerTooOldError:
        raise StartError(
            f"database on {address.shown}: PostgreSQL {OLDEST_SERVER} or newer is needed"
        ) from None
    except asyncpg.TargetServerAttributeNotMatched:
        raise StartError(f"database on {address.shown}: it is read-only") from None
    except asyncpg.InternalClientError as error:
        raise StartError(f"database on {address.shown}: {words(error)}") from error


async def _refuse_strangers(address: Address) -> None:
    for host, port in address.hosts:
        # One that is away now may be passed over, so it is no reason here.
        with contextlib.suppress(OSError):
            async with asyncio.timeout(_GREETING_SECONDS):
                if not await greets(host, port):
                    raise StartError(f"database on {address.shown}: what answers is no PostgreSQL")


async def _refuse_schema(line: Line, address: Address) -> None:
    found = await postgres_schema.find(line)
    if reason := steps.why_not(found.version, found.oldest, steps.known()):
        raise StartError(f"database on {address.shown}: {reason}")
