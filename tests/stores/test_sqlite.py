"""The SQLite driver: group commit, what an error costs, and migrations."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import stat
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from openparticipant.errors import ConflictException, Unavailable
from openparticipant.stores import steps
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.stores.sqlite_schema import upgrade
from openparticipant.stores.write import Write
from tests.small_disk import fill_up, small_disk
from tests.stores.batches import PATIENCE, Gate, one_batch

STEPS = steps.known()
KEYS = "SELECT access_key_id FROM access_keys ORDER BY access_key_id"
INSERT = """
    INSERT INTO access_keys (access_key_id, purpose, secret_access_key, created_at)
    VALUES ($1, 'control', $2, 0)
"""


def insert(key: str, secret: str = "") -> Callable[[], Write[str]]:
    """Make a write that inserts one row and returns its key."""

    def write() -> Write[str]:
        yield INSERT, (key, secret)
        return key

    return write


def refuse(key: str, error: Exception) -> Callable[[], Write[None]]:
    """Make a write that inserts one row and then raises."""

    def write() -> Write[None]:
        yield INSERT, (key, "")
        raise error

    return write


async def keys(database: SqliteDatabase) -> list[str]:
    """Return the keys that are committed."""
    return [key for (key,) in await database.read(KEYS)]


def commits(path: Path) -> int:
    """Count the transactions in a log: their last frames say how many pages the database has."""
    log = path.with_name(f"{path.name}-wal").read_bytes()
    (page_size,) = struct.unpack_from(">I", log, 8)
    places = range(32, len(log), 24 + page_size)
    return sum(struct.unpack_from(">II", log, place)[1] != 0 for place in places)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database of the test lies."""
    return tmp_path / "database"


@pytest.fixture
def database(path: Path) -> Iterator[SqliteDatabase]:
    """Return an open, empty database."""
    with closing(SqliteDatabase(path)) as opened:
        yield opened


async def test_a_write_is_seen_by_the_next_read(database: SqliteDatabase) -> None:
    """Reads see every write that was acknowledged before."""
    for number in range(20):
        assert await database.write(insert(f"{number:02d}")) == f"{number:02d}"
        assert len(await keys(database)) == number + 1


def untouched(*tasks: asyncio.Task[Any]) -> list[bool]:
    """Return for each write what its failure says: whether it certainly changed nothing."""
    failures = [task.exception() for task in tasks]
    return [failure.untouched for failure in failures if isinstance(failure, Unavailable)]


async def test_a_write_that_fails_takes_nothing_with_it(database: SqliteDatabase) -> None:
    """Its own rows are gone, its neighbours' in the same batch stay, and it hears its own error."""
    refusal = ConflictException("no")
    good, bad, twice, also_good = await one_batch(
        database, [insert("a"), refuse("b", refusal), insert("a"), insert("c")]
    )
    assert (good.result(), also_good.result()) == ("a", "c")
    assert bad.exception() is refusal
    assert isinstance(twice.exception(), sqlite3.IntegrityError)
    assert await keys(database) == ["a", "c"]


async def test_a_full_disk_fails_its_writes_and_nothing_else(path: Path) -> None:
    """Whoever is told of success finds its rows, whoever is told of failure finds none."""
    with closing(SqliteDatabase(path)) as database:
        await database.write(insert("before"))
        database._writer.execute("PRAGMA max_page_count=1")  # not below what there is
        tasks = await one_batch(
            database, [insert(f"{number:02d}", "x" * 20_000) for number in range(8)]
        )
        assert {type(task.exception()) for task in tasks} == {Unavailable}
        assert await keys(database) == ["before"]
        database._writer.execute("PRAGMA max_page_count=1000000")
        await database.write(insert("after"))
    with closing(SqliteDatabase(path)) as database:
        assert await keys(database) == ["after", "before"]


async def test_a_lost_transaction_fails_every_write_of_its_batch(database: SqliteDatabase) -> None:
    """Where the whole transaction goes, none of its writes is half there or acknowledged."""

    def lose() -> Write[None]:
        yield INSERT, ("lost", "")
        yield "ROLLBACK", ()
        raise ConflictException("never heard of")

    tasks = await one_batch(database, [insert("a"), lose, insert("b")])
    failures = [task.exception() for task in tasks]
    assert {type(failure) for failure in failures} == {Unavailable}
    assert len({id(failure) for failure in failures}) == 3
    assert untouched(*tasks) == [True, True, True]
    assert await keys(database) == []
    assert await database.write(insert("c")) == "c"


async def test_a_commit_that_fails_acknowledges_nothing(database: SqliteDatabase) -> None:
    """A constraint that is only checked at the end costs the batch, not the writer."""

    def dangling() -> Write[None]:
        yield "PRAGMA defer_foreign_keys=ON", ()
        yield (
            "INSERT INTO connections (digest, participant_seq, expires_at) VALUES ($1, 9, 0)",
            (b"digest",),
        )

    tasks = await one_batch(database, [insert("a"), dangling])
    # It was asked for; that this failure undid it is more than is known of all of them.
    assert untouched(*tasks) == [False, False]
    assert await keys(database) == []
    assert await database.write(insert("b")) == "b"


async def test_a_locked_file_is_unavailable(path: Path) -> None:
    """A stranger who holds the file costs an answer, not the writer."""
    with closing(SqliteDatabase(path)) as database:
        database._writer.execute("PRAGMA busy_timeout=0")
        with closing(sqlite3.connect(path, isolation_level=None)) as stranger:
            stranger.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable, match="locked"):
                await database.write(insert("a"))
            stranger.execute("ROLLBACK")
        assert await database.write(insert("b")) == "b"
        assert await keys(database) == ["b"]


async def test_a_waiter_that_gave_up_disturbs_nobody(database: SqliteDatabase) -> None:
    """Its write is carried out whole, and the others of its batch get their answers."""
    gate = Gate(database)
    before = await gate.close()
    leaving, staying = (asyncio.ensure_future(database.write(insert(key))) for key in "ab")
    await asyncio.sleep(0)
    leaving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await leaving
    gate.open()
    await before
    assert await staying == "b"
    assert await keys(database) == ["a", "b"]


async def test_closing_finishes_what_is_queued(path: Path) -> None:
    """Everything that was asked for before is durable and answered; afterwards nothing is taken."""
    database = SqliteDatabase(path)
    writes = [asyncio.ensure_future(database.write(insert(f"{n:03d}"))) for n in range(600)]
    await asyncio.sleep(0)
    database.close()
    assert len(await asyncio.gather(*writes)) == 600
    with pytest.raises(Unavailable, match="closed"):
        await database.write(insert("late"))
    database.close()
    with closing(SqliteDatabase(path)) as again:
        assert len(await keys(again)) == 600


def test_writes_survive_their_event_loop(path: Path) -> None:
    """A loop that ended while its writes ran or waited costs the next loop nothing."""
    with closing(SqliteDatabase(path)) as database:
        gate = Gate(database)

        async def leave() -> None:
            (await gate.close()).cancel()
            waiting = asyncio.ensure_future(database.write(insert("a")))
            await asyncio.sleep(0)
            waiting.cancel()

        async def come() -> list[str]:
            new = asyncio.ensure_future(database.write(insert("b")))
            await asyncio.sleep(0)  # by now it waits beside the other, for the same transaction
            gate.open()
            await asyncio.wait_for(new, PATIENCE)
            return await keys(database)

        asyncio.run(leave())
        assert asyncio.run(come()) == ["a", "b"]


async def test_as_many_as_came_together_are_waited_for(path: Path) -> None:
    """After a batch of ten the next ten share a transaction, too, which begins with the tenth."""
    with closing(SqliteDatabase(path, gathering=2 * PATIENCE)) as database:
        await one_batch(database, [insert(f"a{n}") for n in range(10)])
        before = commits(path)
        writes = []
        for n in range(10):
            writes.append(asyncio.ensure_future(database.write(insert(f"b{n}"))))
            await database.read(KEYS)  # lets other threads run, as a request does
            await asyncio.sleep(0)
        await asyncio.wait_for(asyncio.gather(*writes), PATIENCE)
        assert commits(path) == before + 1


async def test_a_single_write_waits_for_nobody_long(database: SqliteDatabase) -> None:
    """Where fewer come than before, they are carried out all the same."""
    await one_batch(database, [insert(f"a{n}") for n in range(10)])
    assert await asyncio.wait_for(database.write(insert("b")), PATIENCE) == "b"


async def test_closing_waits_for_nobody_else(path: Path) -> None:
    """What is queued is finished at once."""
    database = SqliteDatabase(path, gathering=2 * PATIENCE)
    await one_batch(database, [insert(f"a{n}") for n in range(10)])
    last = asyncio.ensure_future(database.write(insert("b")))
    await asyncio.sleep(0)
    await asyncio.wait_for(asyncio.to_thread(database.close), PATIENCE)
    assert await last == "b"


def test_the_file_is_its_owners_alone(path: Path) -> None:
    """It holds keys, and so does its log."""
    with closing(SqliteDatabase(path)):
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_a_commit_waits_for_the_disk(database: SqliteDatabase) -> None:
    """What is acknowledged survives a loss of power: the log is synced at each commit."""
    for connection in (database._writer, database._reader):
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_newer_schema_is_refused(path: Path) -> None:
    """An older release does not touch what it cannot know."""
    SqliteDatabase(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")
    before = path.read_bytes()
    with pytest.raises(Unavailable, match=f"schema is version 99, this release knows {len(STEPS)}"):
        SqliteDatabase(path)
    assert path.read_bytes() == before


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    """A directory, a stranger's file and a missing directory are one clear error each."""
    (tmp_path / "text").write_text("no database at all, but long enough to be looked at\n" * 30)
    for place in (tmp_path, tmp_path / "text", tmp_path / "missing" / "database"):
        with pytest.raises(Unavailable, match=r"^database: "):
            SqliteDatabase(place)


async def test_migrations_run_once(path: Path) -> None:
    """Opening again changes no schema and keeps what is there."""
    with closing(SqliteDatabase(path)) as database:
        await database.write(insert("a"))
        before = await database.read("SELECT name, sql FROM sqlite_master ORDER BY name")
    with closing(SqliteDatabase(path)) as database:
        assert await database.read("SELECT name, sql FROM sqlite_master ORDER BY name") == before
        assert await keys(database) == ["a"]


def test_a_migration_is_whole_or_not_there(path: Path) -> None:
    """An error within a step leaves the last whole version, from which the next try goes on."""
    good = "CREATE TABLE second (a INTEGER NOT NULL)"
    broken = f"{good}; INSERT INTO nowhere VALUES (1)"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            upgrade(connection, [*STEPS, further(broken)])
        assert version(path) == (len(STEPS), 0)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        upgrade(connection, [*STEPS, further(good)])
    assert version(path) == (len(STEPS) + 1, 1)


def test_a_step_that_was_cut_off_is_taken_again(path: Path) -> None:
    """A process that died within the transaction of a step leaves nothing of it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as dying:
        dying.execute("PRAGMA journal_mode=WAL")
        dying.execute("BEGIN IMMEDIATE")
        dying.execute("CREATE TABLE contacts (half INTEGER)")
        dying.execute("PRAGMA user_version=1")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        upgrade(connection, STEPS)
        connection.execute("SELECT last_ordinal FROM contacts")
    assert version(path) == (len(STEPS), 0)


def further(script: str) -> steps.Step:
    """Return one more step."""
    return steps.step(len(STEPS) + 1, "further", script, STEPS[-1].oldest)


def version(path: Path) -> tuple[int, int]:
    """Return the schema's version, and whether the second step's table is there."""
    with closing(sqlite3.connect(path)) as connection:
        ((number,),) = connection.execute("PRAGMA user_version")
        ((tables,),) = connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE name = 'second'"
        )
    return number, tables


async def well(database: SqliteDatabase) -> None:
    """Return once the database has found by itself that its trouble is over."""
    async with asyncio.timeout(30):
        while database.trouble is not None:  # noqa: ASYNC110 - its thread tells nobody
            await asyncio.sleep(0.01)


def move(path: Path, place: Path | None) -> None:
    """Put a file elsewhere, or nowhere."""
    if place is None:
        path.unlink()
    else:
        path.replace(place)


async def test_a_file_that_was_removed_takes_no_write(path: Path) -> None:
    """What went into a file without a name would be lost at the next start; back, it goes on."""
    elsewhere, another = (path.with_name(name) for name in ("elsewhere", "another"))
    with closing(SqliteDatabase(another)):
        pass
    with closing(SqliteDatabase(path)) as database:
        await database.write(insert("before"))
        move(path, elsewhere)
        with pytest.raises(Unavailable, match="no such file") as failed:
            await database.write(insert("lost"))
        assert failed.value.untouched
        assert database.trouble == "database: no such file or directory"
        move(another, path)
        with pytest.raises(Unavailable, match="restarted"):
            await database.write(insert("lost"))
        move(elsewhere, path)
        await well(database)
        await database.write(insert("after"))
    with closing(SqliteDatabase(path)) as database:
        assert await keys(database) == ["after", "before"]


async def test_the_trouble_of_a_full_disk_ends_by_itself(tmp_path: Path) -> None:
    """Nobody has to write to find out that there is room again, and nothing that failed is there."""
    with (
        small_disk(tmp_path, "size=4m") as place,
        closing(SqliteDatabase(place / "db")) as database,
    ):
        await database.write(insert("before"))
        ballast = fill_up(place)
        with pytest.raises(Unavailable, match="full"):
            await database.write(insert("lost", "x" * 100_000))
        assert database.trouble == "database: database or disk is full"
        move(ballast, None)
        await well(database)
        await database.write(insert("after"))
        assert await keys(database) == ["after", "before"]
