"""The PostgreSQL driver: what an error costs, and what is certain after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from openparticipant.errors import ConflictException, Unavailable
from openparticipant.stores.postgres import PostgresDatabase
from openparticipant.stores.write import Write
from tests.contracts.postgres_stores import PostgresStores

KEYS = "SELECT access_key_id FROM access_keys ORDER BY access_key_id"
INSERT = """
    INSERT INTO access_keys (access_key_id, purpose, secret_access_key, created_at)
    VALUES ($1, $2, 'the-secret', 0)
"""
WAITING_FOR_THE_GATE = """
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted HAVING count(*) = {}
"""
NEVER = "SELECT 1 WHERE false"
CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
ASLEEP = "SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)'"
TOUCH = "UPDATE access_keys SET created_at = created_at + 1 WHERE access_key_id = $1 RETURNING 1"


def insert(key: str, purpose: str = "control") -> Callable[[], Write[str]]:
    """Make a write that inserts one row and returns its key."""

    def write() -> Write[str]:
        yield INSERT, (key, purpose)
        return key

    return write


async def until(database: PostgresDatabase, statement: str) -> None:
    """Return once a SELECT has a row."""
    for _ in range(5000):
        if await database.read(statement):
            return
    raise AssertionError(statement)


async def keys(database: PostgresDatabase) -> list[str]:
    """Return the keys that are committed."""
    return [key for (key,) in await database.read(KEYS)]


async def test_a_write_is_seen_by_the_next_read(postgres: str) -> None:
    """Whichever connection the one and the other take."""
    async with PostgresStores(postgres) as stores, stores.database() as database:
        await asyncio.gather(*(database.write(insert(f"{number}")) for number in range(40)))
        assert len(await keys(database)) == 40


async def test_what_a_write_raises_undoes_it(postgres: str) -> None:
    """It is heard as it is, and the connection serves the next one."""
    refusal = ConflictException("no")

    def write() -> Write[None]:
        yield INSERT, ("a", "control")
        raise refusal

    async with PostgresStores(postgres) as stores, stores.database() as database:
        with pytest.raises(ConflictException) as heard:
            await database.write(write)
        assert heard.value is refusal
        assert await keys(database) == []
        assert database.trouble is None


async def test_a_fault_of_ours_is_no_matter_of_availability(postgres: str) -> None:
    """A broken constraint is raised as such, and what it quotes of the row stays out of the log."""
    async with PostgresStores(postgres) as stores, stores.database() as database:
        with pytest.raises(asyncpg.CheckViolationError) as heard:
            await database.write(insert("a", "no such purpose"))
        assert "the-secret" not in str(heard.value)
        assert database.trouble is None
        assert await database.write(insert("a")) == "a"


async def test_two_that_stand_in_each_other_s_way_both_succeed(postgres: str) -> None:
    """The one that the server undoes is run again."""
    runs = []

    def crossing(first: str, second: str) -> Callable[[], Write[None]]:
        def write() -> Write[None]:
            runs.append(first)
            yield TOUCH, (first,)
            yield "SELECT pg_advisory_xact_lock_shared(1)", ()
            yield TOUCH, (second,)

        return write

    async with PostgresStores(postgres) as stores, stores.database() as database:
        await database.write(insert("a"))
        await database.write(insert("b"))
        gate = await asyncpg.connect(stores.url)
        try:
            await gate.execute("SELECT pg_advisory_lock(1)")
            both = asyncio.gather(
                database.write(crossing("a", "b")), database.write(crossing("b", "a"))
            )
            await until(database, WAITING_FOR_THE_GATE.format(2))
        finally:
            await gate.close()
        await both
        rows = await database.read("SELECT created_at FROM access_keys")
        assert [count for (count,) in rows] == [2, 2]
    assert len(runs) == 3


async def test_who_waits_too_long_for_a_lock_has_changed_nothing(postgres: str) -> None:
    """The server gives the statement up, says so, and is not in trouble for it."""
    async with PostgresStores(postgres) as stores, stores.database() as database:
        await database.write(insert("a"))
        holder = await asyncpg.connect(stores.url)
        try:
            await holder.execute("BEGIN; UPDATE access_keys SET created_at = 7")

            def touch() -> Write[None]:
                yield "SET LOCAL statement_timeout = '50ms'", ()
                yield TOUCH, ("a",)

            with pytest.raises(Unavailable) as heard:
                await database.write(touch)
            assert heard.value.untouched
            assert database.trouble is None
        finally:
            await holder.close()
        assert await database.read("SELECT created_at FROM access_keys") == [(0,)]


async def test_writes_that_ask_to_be_alone_run_one_at_a_time(postgres: str) -> None:
    """At whatever node: three that each make what is not there yet make it once."""

    def ensure(fresh: str) -> Callable[[], Write[str]]:
        def write() -> Write[str]:
            found = yield "SELECT id FROM identity", ()
            if not found:
                yield "INSERT INTO identity (id) VALUES ($1)", (fresh,)
            return str(found[0][0]) if found else fresh

        return write

    async with (
        PostgresStores(postgres) as stores,
        stores.database() as one,
        stores.database() as two,
        stores.database() as three,
    ):
        names = await asyncio.gather(
            *(
                node.write(ensure(name), alone=True)
                for name, node in zip("abcabc", [one, two, three] * 2, strict=True)
            )
        )
        assert len(set(names)) == 1
        assert await one.read("SELECT count(*) FROM identity") == [(1,)]


async def test_what_is_closed_says_so(postgres: str) -> None:
    """And nothing was changed."""
    async with PostgresStores(postgres) as stores:
        async with stores.database() as database:
            pass
        with pytest.raises(Unavailable, match="closed") as heard:
            await database.write(insert("a"))
        assert heard.value.untouched


async def test_closing_waits_for_what_runs(postgres: str) -> None:
    """It ends as if nothing had been, and its connection is closed like the others."""
    async with PostgresStores(postgres) as stores:
        gate = await asyncpg.connect(stores.url)
        try:
            before = await gate.fetchval(CONNECTED)
            await gate.execute("SELECT pg_advisory_lock(1)")

            def write() -> Write[str]:
                yield "SELECT pg_advisory_xact_lock_shared(1)", ()
                return (yield from insert("a")())

            async def open_once_it_closes() -> None:
                with pytest.raises(Unavailable, match="closed"):
                    await until(database, NEVER)
                await gate.execute("SELECT pg_advisory_unlock(1)")

            async with stores.database() as database:
                last = asyncio.ensure_future(database.write(write))
                await until(database, WAITING_FOR_THE_GATE.format(1))
                opening = asyncio.ensure_future(open_once_it_closes())
            assert last.result() == "a"
            await opening
            assert await gate.fetchval(CONNECTED) == before
        finally:
            await gate.close()


async def test_a_write_that_is_given_up_leaves_nothing(postgres: str) -> None:
    """Its transaction ends, and its connection is not lent to anybody else."""
    async with PostgresStores(postgres) as stores, stores.database() as database:

        def slow() -> Write[None]:
            yield INSERT, ("a", "control")
            yield "SELECT pg_sleep(30)", ()

        task = asyncio.ensure_future(database.write(slow))
        await until(database, ASLEEP)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.gather(*(keys(database) for _ in range(20))) == [[]] * 20
        assert await database.write(insert("a")) == "a"
