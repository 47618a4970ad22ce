"""PostgreSQL killed, frozen and read-only: what is told meanwhile is true, and all goes on by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from openparticipant.bootstrap import postgres as back_end
from openparticipant.errors import Unavailable
from openparticipant.stores.postgres import PostgresDatabase
from openparticipant.stores.write import Write
from tests.contracts.postgres_stores import PostgresStores
from tests.engines.postgres import PostgresServer
from tests.stores.cut_line import CutLine

INSERT = """
    INSERT INTO access_keys (access_key_id, purpose, secret_access_key, created_at)
    VALUES ($1, 'control', '', 0)
"""
WRITERS = 20
# Longer than any call may take, and than the look that finds an outage over.
BOUND = 30  # seconds
LINES = 16  # of a node


@asynccontextmanager
async def opened(server: PostgresServer) -> AsyncIterator[PostgresDatabase]:
    """Open the server's database."""
    async with back_end.opened(server.address, migrate=True) as database:
        yield database


def insert(key: str) -> Callable[[], Write[str]]:
    """Make a write that inserts one row and returns its key."""

    def write() -> Write[str]:
        yield INSERT, (key,)
        return key

    return write


async def keys(database: PostgresDatabase) -> set[str]:
    """Return the keys that are committed."""
    return {key for (key,) in await database.read("SELECT access_key_id FROM access_keys")}


async def well(database: PostgresDatabase) -> None:
    """Return once a look by the driver itself has found the trouble over."""
    async with asyncio.timeout(BOUND):
        while database.trouble is not None:  # noqa: ASYNC110 - nobody tells when it is over
            await asyncio.sleep(0)


async def told(database: PostgresDatabase, word: str) -> None:
    """Return once a look by the driver itself has found this out."""
    async with asyncio.timeout(BOUND):
        while word not in (database.trouble or ""):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)


class Load:
    """Writers who never stop, and what each was told about each of its writes."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self.acknowledged: set[str] = set()
        self.untouched: set[str] = set()
        self.unsure: set[str] = set()

    async def run(self, name: str) -> None:
        """Write until cancelled; every other one as a batch of one statement."""
        number = 0
        while True:
            number += 1
            key = f"{name}-{number}"
            try:
                if number % 2:
                    await self._database.write(insert(key))
                else:
                    await self._database.batch(INSERT, key)
            except Unavailable as error:
                (self.untouched if error.untouched else self.unsure).add(key)
            else:
                self.acknowledged.add(key)

    async def until(self, count: int) -> None:
        """Return once so many more were acknowledged."""
        enough = len(self.acknowledged) + count
        async with asyncio.timeout(BOUND):
            while len(self.acknowledged) < enough:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0)


async def test_a_server_killed_under_load_loses_nothing_acknowledged(
    postgres_server: PostgresServer,
) -> None:
    """Nor has it what it was said not to have changed; the same pool goes on after its restart."""
    async with opened(postgres_server) as database:
        load = Load(database)
        writers = [asyncio.create_task(load.run(f"{writer}")) for writer in range(WRITERS)]
        for _ in range(2):
            await load.until(300)
            await asyncio.to_thread(postgres_server.kill)
            await asyncio.to_thread(postgres_server.start)
            await load.until(300)
        for writer in writers:
            writer.cancel()
        await asyncio.wait(writers)
        await well(database)
        found = await keys(database)
    assert load.acknowledged <= found
    assert load.untouched
    assert not load.untouched & found


async def test_a_frozen_server_holds_nobody_for_ever(postgres_server: PostgresServer) -> None:
    """Each call ends with a truthful word; thawed, the server serves again without being asked."""
    async with opened(postgres_server) as database:
        await database.write(insert("before"))
        await asyncio.to_thread(postgres_server.freeze)
        try:
            async with asyncio.timeout(BOUND):
                outcomes = await asyncio.gather(
                    database.read("SELECT 1"),
                    database.batch(INSERT, "batched"),
                    *(database.write(insert(f"frozen-{number}")) for number in range(30)),
                    return_exceptions=True,
                )
        finally:
            await asyncio.to_thread(postgres_server.thaw)
        assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
        assert database.trouble == "database: no answer in time"
        await well(database)
        untouched = [
            f"frozen-{number}"
            for number, outcome in enumerate(outcomes[2:])
            if isinstance(outcome, Unavailable) and outcome.untouched
        ]
        assert untouched
        found = await keys(database)
        assert "before" in found
        assert not found & set(untouched)


async def test_a_server_that_stops_taking_writes_is_in_trouble(
    postgres_server: PostgresServer,
) -> None:
    """As after a fail-over the old one, whose lines still stand: they are not used again."""
    async with opened(postgres_server) as database:
        operator = await asyncpg.connect(postgres_server.address)
        try:
            await operator.execute("ALTER SYSTEM SET default_transaction_read_only = on")
            await operator.execute("SELECT pg_reload_conf()")

            def write() -> Write[None]:
                yield "SET LOCAL transaction_read_only = on", ()
                yield INSERT, ("refused",)

            with pytest.raises(Unavailable) as heard:
                await database.write(write)
            assert heard.value.untouched
            assert database.trouble is not None
            with pytest.raises(Unavailable, match="read-write"):
                await database.write(insert("refused"))
            await operator.execute(
                "SET transaction_read_only = off; SET default_transaction_read_only = off"
            )
            await operator.execute("ALTER SYSTEM RESET default_transaction_read_only")
            await operator.execute("SELECT pg_reload_conf()")
        finally:
            await operator.close()
        await well(database)
        assert await database.write(insert("taken")) == "taken"


async def test_the_first_server_that_takes_writes_is_used(postgres_server: PostgresServer) -> None:
    """One of several that is away is passed over."""
    place = postgres_server.place
    address = f"postgresql://postgres@/postgres?host={place}/nobody,{place}"
    async with back_end.opened(address, migrate=True) as database:
        assert await database.write(insert("a")) == "a"


async def test_a_look_that_fails_is_not_the_last(postgres_server: PostgresServer) -> None:
    """As while a backup is restored: the server is there before its tables are."""
    async with opened(postgres_server) as database:
        await _run(postgres_server, "ALTER TABLE identity RENAME TO later")
        await asyncio.to_thread(postgres_server.kill)
        with pytest.raises(Unavailable):
            await database.write(insert("refused"))
        await asyncio.to_thread(postgres_server.start)
        await told(database, "identity")
        await _run(postgres_server, "ALTER TABLE later RENAME TO identity")
        await well(database)
        assert await database.write(insert("taken")) == "taken"


async def test_a_server_that_is_not_there_is_looked_for_once_at_a_time(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """While one host says nothing and the other takes no writes, callers are told without a dial."""
    dialled = 0

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal dialled
        dialled += 1
        await reader.read()
        writer.close()

    async with await asyncio.start_unix_server(say_nothing, tmp_path / ".s.PGSQL.5432") as silent:
        address = f"postgresql://postgres@/postgres?host={tmp_path},{postgres_server.place}"
        async with back_end.opened(address, migrate=True) as database:
            await _run(postgres_server, "ALTER SYSTEM SET default_transaction_read_only = on")
            await _run(postgres_server, "SELECT pg_reload_conf()")
            await asyncio.to_thread(postgres_server.kill)
            await asyncio.to_thread(postgres_server.start)
            with pytest.raises(Unavailable):
                await database.write(insert("refused"))
            await told(database, "read-write")
            before = dialled
            for number in range(100):
                with pytest.raises(Unavailable) as heard:
                    await database.write(insert(f"refused-{number}"))
                assert heard.value.untouched
            assert dialled - before < 10
        silent.close()


async def test_who_waits_for_a_line_too_long_has_no_word_against_the_server(postgres: str) -> None:
    """All lines are lent; whoever is told so has changed nothing, and the server is well."""
    async with PostgresStores(postgres) as stores, stores.database() as database:
        gate = await asyncpg.connect(stores.url)
        try:
            await gate.execute("SELECT pg_advisory_lock(1)")

            def wait() -> Write[None]:
                yield "SELECT pg_advisory_xact_lock_shared(1)", ()

            slow = [asyncio.ensure_future(database.write(wait)) for _ in range(LINES)]
            await asyncio.sleep(0)  # they come first
            with pytest.raises(Unavailable, match="busy") as heard:
                await database.write(insert("late"))
            assert heard.value.untouched
            assert database.trouble is None
        finally:
            await gate.close()
        await asyncio.gather(*slow)
        assert await keys(database) == set()


async def _run(server: PostgresServer, statement: str) -> None:
    connection = await asyncpg.connect(server.address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def opened_by(cut: CutLine, server: PostgresServer) -> AsyncIterator[PostgresDatabase]:
    """Open the server's database by way of a line that will be cut."""
    place = server.place / "cut"
    place.mkdir()
    async with (
        cut.listening(place),
        back_end.opened(f"postgresql://postgres@/postgres?host={place}", migrate=True) as database,
    ):
        yield database


@pytest.mark.parametrize(
    ("word", "untouched", "recorded"),
    [(b"INSERT INTO", True, False), (b"COMMIT", False, True)],
    ids=["within", "at the end"],
)
async def test_a_line_cut_in_a_transaction_tells_what_is_certain(
    postgres_server: PostgresServer, word: bytes, *, untouched: bool, recorded: bool
) -> None:
    """Until its end was asked for nothing can have changed; from then on nobody knows."""
    cut = CutLine(postgres_server.place)
    async with opened(postgres_server) as direct, opened_by(cut, postgres_server) as database:
        cut.word = word
        with pytest.raises(Unavailable) as heard:
            await database.write(insert("a"))
        assert heard.value.untouched is untouched
        assert (await keys(direct) == {"a"}) is recorded
        cut.word = b""
        await well(database)


async def test_a_line_cut_in_a_batch_leaves_it_open(postgres_server: PostgresServer) -> None:
    """Its one statement is the transaction, which may have ended before the answer was lost."""
    cut = CutLine(postgres_server.place)
    async with opened(postgres_server) as direct, opened_by(cut, postgres_server) as database:
        cut.word = b"the-key"
        with pytest.raises(Unavailable) as heard:
            await database.batch(INSERT, "the-key")
        assert not heard.value.untouched
        assert await keys(direct) == {"the-key"}
        cut.word = b""
        await well(database)
