"""SQLite: one writer thread with group commit, reads on the event loop.

Everything that queued while the last commit ran shares the next one, which waits a moment for as
many as that had. So durability costs one fsync per batch, and one client at a time adds no delay.
Each write has its savepoint: one that fails takes nothing with it. Reads see the newest commit of
the write-ahead log and take microseconds once the page is cached, less than the way to another
thread.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from openparticipant.errors import Unavailable
from openparticipant.stores import sqlite_schema, steps
from openparticipant.stores.sqlite_file import Place, connect
from openparticipant.stores.sqlite_words import prepared, translated, words
from openparticipant.stores.write import Rows, Write

T = TypeVar("T")

GATHERING = 0.002  # seconds; 32 clients on one core take twice that to ask again
_LARGEST_BATCH = 256
_PROBE_PAUSE = 1  # seconds between two looks whether trouble is over
# Days since a noon of long ago; half a millisecond undoes what the fraction lost.
_NOW = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 + 0.5 AS INTEGER)"

# What is wrong with a statement or with what it was given; it would be so again.
_FAULTS = (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError)

_Outcome = tuple[asyncio.Future[Any], Any, BaseException | None]
_Job = tuple[Callable[[], Write[Any]], asyncio.Future[Any]]


class SqliteDatabase:
    """One database file, opened by one process and used from one event loop at a time."""

    def __init__(self, path: Path, *, migrate: bool = True, gathering: float = GATHERING) -> None:
        """Open a file, and take the steps that its schema lacks if `migrate`.

        A batch waits for `gathering` seconds at most to become as large as the one before.

        Raises `Unavailable`, also where the file was written by a newer release.
        """
        with translated(), contextlib.ExitStack() as opened:
            # The log and its index take over the mode of the file, which holds keys.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._reader = opened.enter_context(contextlib.closing(connect(path)))
            known = steps.known()
            if migrate:
                sqlite_schema.upgrade(self._reader, known)
            # One process at a time uses a file, so no older code has to work on a newer schema.
            version = sqlite_schema.version(self._reader)
            if reason := steps.why_not(version, version, known):
                raise Unavailable(f"database: {reason}")
            self._writer = connect(path)
            self._place = Place(path)
            opened.pop_all()
        self._jobs: collections.deque[_Job] = collections.deque()
        self._gathering = gathering
        self._expected = 1
        self._woken = threading.Event()
        self._closed = False
        self._trouble: str | None = None
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str | None:
        """What kept the last transaction from being committed; a further one is tried each second."""
        return self._trouble

    async def write(
        self,
        make: Callable[[], Write[T]],
        *,
        alone: bool = False,  # noqa: ARG002 - on one thread every write is
    ) -> T:
        """Run a write; see `Database.write`."""
        if self._closed:
            raise Unavailable("database: closed", untouched=True)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.append((make, future))
        if len(self._jobs) in (1, self._expected):
            self._woken.set()
        return await future

    async def read(self, statement: str, *parameters: Any) -> Rows:
        """Run one SELECT; see `Database.read`."""
        with translated():
            text, arranged, _ = prepared(statement)
            return self._reader.execute(text, arranged(parameters)).fetchall()

    async def now(self) -> int:
        """Return this machine's clock as SQLite reads it; see `Database.now`."""
        ((now,),) = await self.read(_NOW)
        return int(now)

    def close(self) -> None:
        """Finish what is queued and close the file."""
        self._closed = True
        self._woken.set()
        self._thread.join()
        self._reader.close()

    def _run(self) -> None:
        while self._jobs or not self._closed:
            if not self._jobs:
                if not self._wait(1, _PROBE_PAUSE if self._trouble else None):
                    self._trouble = _probe(self._writer, self._place)
                continue
            # Those who got their answers together tend to ask again together. To begin with the
            # first of them would be a transaction for one row, after which the reader has to read
            # all its pages anew, while the others wait for it.
            self._wait(self._expected, self._gathering)
            batch = [self._jobs.popleft() for _ in range(min(len(self._jobs), _LARGEST_BATCH))]
            self._expected = len(batch)
            outcomes, self._trouble = _commit(self._writer, self._place, batch)
            _resolve(outcomes)
        self._writer.close()

    def _wait(self, count: int, patience: float | None) -> bool:
        """Wait until so many writes are queued or this is closed; False if that took too long."""
        deadline = None if patience is None else time.monotonic() + patience
        while len(self._jobs) < count and not self._closed:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return False
            self._woken.clear()
            if len(self._jobs) < count and not self._closed:
                self._woken.wait(left)
        return True


def _resolve(outcomes: list[_Outcome]) -> None:
    for loop in {future.get_loop() for future, _, _ in outcomes}:
        of_loop = [outcome for outcome in outcomes if outcome[0].get_loop() is loop]
        with contextlib.suppress(RuntimeError):  # the loop has been closed, so nobody waits
            loop.call_soon_threadsafe(_settle, of_loop)


def _settle(outcomes: list[_Outcome]) -> None:
    for future, result, error in outcomes:
        if future.cancelled():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def _probe(connection: sqlite3.Connection, place: Place) -> str | None:
    """Say what keeps a transaction from being committed, or None if one was."""
    try:
        place.check()
        connection.execute("BEGIN IMMEDIATE")
        # A row that stays the same would not be written; the head of the file always is.
        ((version,),) = connection.execute("PRAGMA user_version").fetchall()
        connection.execute(f"PRAGMA user_version={version}")
        connection.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        _roll_back(connection)
        return f"database: {words(error)}"
    return None


def _roll_back(connection: sqlite3.Connection) -> None:
    # A transaction that cannot even be undone stays open and fails the next BEGIN.
    with contextlib.suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _commit(
    connection: sqlite3.Connection, place: Place, batch: list[_Job]
) -> tuple[list[_Outcome], str | None]:
    """Run a batch in one transaction; if the transaction is lost, so is every write in it.

    The second is what was wrong with the database itself.
    """
    outcomes: list[_Outcome] = []
    untouched = True
    try:
        connection.execute("BEGIN IMMEDIATE")
        for make, future in batch:
            outcomes.append((future, *_attempt(connection, make)))
        place.check()
        untouched = False
        connection.execute("COMMIT")
    except Exception as error:  # noqa: BLE001 - whatever it was, the waiters must hear of it
        _roll_back(connection)
        trouble = f"database: {words(error)}"
        lost: list[_Outcome] = [
            (future, None, Unavailable(trouble, untouched=untouched)) for _, future in batch
        ]
        return lost, trouble
    failures = (str(error) for _, _, error in outcomes if isinstance(error, Unavailable))
    return outcomes, next(failures, None)


def _attempt(
    connection: sqlite3.Connection, make: Callable[[], Write[Any]]
) -> tuple[Any, BaseException | None]:
    """Run one write in its savepoint; an error that cost the whole transaction goes up."""
    connection.execute("SAVEPOINT one")
    try:
        result = _drive(connection, make())
    except Exception as error:
        if not connection.in_transaction:
            raise sqlite3.OperationalError(f"transaction lost: {error}") from error
        connection.execute("ROLLBACK TO one")
        connection.execute("RELEASE one")
        if isinstance(error, sqlite3.Error) and not isinstance(error, _FAULTS):
            return None, Unavailable(f"database: {error}", untouched=True)
        return None, error
    connection.execute("RELEASE one")
    return result, None


def _drive(connection: sqlite3.Connection, write: Write[Any]) -> Any:
    try:
        statement, parameters = next(write)
        while True:
            text, arranged, counted = prepared(statement)
            cursor = connection.execute(text, arranged(parameters))
            rows = [(1,)] * cursor.rowcount if counted else cursor.fetchall()
            statement, parameters = write.send(rows)
    except StopIteration as finished:
        return finished.value
