"""PostgreSQL: each write in a transaction of its own, on one of a few connections.

A transaction is bounded on both sides: here by a deadline, and at the server, so that a node that
is frozen or cut off in the middle of one keeps no chat locked.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from openparticipant.errors import Unavailable
from openparticipant.stores import postgres_errors as errors
from openparticipant.stores.postgres_address import Address
from openparticipant.stores.postgres_line import Line
from openparticipant.stores.postgres_lines import Lines
from openparticipant.stores.write import Rows, Write

T = TypeVar("T")

_LINES = 16
_TRIES = 20
# From the wait for a line to the answer of the last statement.
_SECONDS = 5
# In the transaction, not in the session, which behind a pooler belongs to others as well.
_BEGIN = (
    f"BEGIN; SET LOCAL statement_timeout = '{_SECONDS}s'; "
    f"SET LOCAL idle_in_transaction_session_timeout = '{_SECONDS}s'"
)
# Held by the transaction, as a pooler asks; any number that nobody else locks in this database.
_TAKE_LOCK = "SELECT pg_advisory_xact_lock($1)"
_ALONE = 0x6F70656E7062
_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"
_PROBE = "UPDATE identity SET id = id"
# Seconds; where only lines broke, the server is there all the while.
_FIRST_PAUSE = 0.05
_PROBE_PAUSE = 1


class _Attempt:
    """What is known of a transaction under way."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.committing = False


class PostgresDatabase:
    """One database, reached from one event loop; see `Database`."""

    def __init__(self, address: Address) -> None:
        self._lines = Lines(address, _LINES)
        self._closed = False
        self._probe: asyncio.Task[None] | None = None
        self._trouble: str | None = None
        self._is_out_of_reach = False

    @property
    def trouble(self) -> str | None:
        """What is wrong with the database now; a look each second finds out when it is over."""
        return self._trouble

    async def write(self, make: Callable[[], Write[T]], *, alone: bool = False) -> T:
        """Run a write; see `Database.write`."""
        collision: BaseException | None = None
        for _ in range(_TRIES):
            try:
                return await self._write(make, alone=alone)
            except errors.COLLISIONS as error:
                collision = error
        raise Unavailable(f"database: {collision}", untouched=True)

    async def _write(
        self, make: Callable[[], Write[T]], *, alone: bool, probing: bool = False
    ) -> T:
        async with self._attempt(probing=probing) as attempt:
            line = attempt.line
            await line.execute(_BEGIN)
            try:
                if alone:
                    await line.fetch(_TAKE_LOCK, _ALONE)
                result = await _drive(line, make())
            except Exception:
                await line.undo()
                raise
            attempt.committing = True
            await line.execute("COMMIT")
        self._trouble = None
        return result

    async def batch(self, statement: str, *parameters: Any) -> Rows:
        """Run one statement as a transaction of its own and return its rows.

        Raises `Unavailable` as `write` does, and the server's own error where the statement is at
        fault.
        """
        async with self._attempt() as attempt:
            attempt.committing = True
            rows = await attempt.line.fetch(statement, *parameters)
        self._trouble = None
        return rows

    async def read(self, statement: str, *parameters: Any) -> Rows:
        """Run one SELECT; see `Database.read`."""
        async with self._attempt() as attempt:
            return await attempt.line.fetch(statement, *parameters)

    async def now(self) -> int:
        """Return the server's clock; see `Database.now`."""
        ((now,),) = await self.read(_NOW)
        return int(now)

    async def close(self) -> None:
        """Close all connections."""
        self._closed = True
        if self._probe is not None:
            self._probe.cancel()
            await asyncio.wait([self._probe])
        await self._lines.close()

    @contextlib.asynccontextmanager
    async def _attempt(self, *, probing: bool = False) -> AsyncIterator[_Attempt]:
        """Lend a line for one transaction, and say in our words what became of it."""
        if self._closed:
            raise Unavailable("database: closed", untouched=True)
        if self._is_out_of_reach and self._trouble is not None and not probing:
            await asyncio.sleep(0)  # whoever only tries again and again stops nobody else
            raise Unavailable(self._trouble, untouched=True)
        attempt: _Attempt | None = None
        try:
            async with self._lines.one(_SECONDS) as line:
                attempt = _Attempt(line)
                yield attempt
        except errors.COLLISIONS:
            raise
        except Exception as error:
            errors.strip(error)
            if errors.is_away(error):
                # One look each second waits for a server that is not there, or says nothing to
                # that; nobody else has to.
                self._is_out_of_reach = attempt is None or (
                    probing and isinstance(error, TimeoutError)
                )
                self._note(error)
            untouched = attempt is None or not attempt.committing
            unavailable = errors.unavailable(error, untouched=untouched)
            if unavailable is None:
                raise
            raise unavailable from error

    def _note(self, error: Exception) -> None:
        self._trouble = f"database: {errors.words(error)}"
        # Lines to a server that has become a standby would work for reads for ever.
        self._lines.drop_idle()
        if self._probe is None or self._probe.done():
            self._probe = asyncio.get_running_loop().create_task(self._look_again())

    async def _look_again(self) -> None:
        pause = _FIRST_PAUSE
        while self._trouble is not None:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _PROBE_PAUSE)
            try:
                await self._write(_probe, alone=False, probing=True)
            except (Unavailable, *errors.COLLISIONS):
                pass
            except Exception as error:  # noqa: BLE001 - whatever it is may be over at the next look
                # As while a backup is restored, and there is no such table yet.
                self._trouble = f"database: {errors.words(error)}"


def _probe() -> Write[None]:
    # A change, since a full disk and a standby still answer questions.
    yield _PROBE, ()


async def _drive(line: Line, write: Write[T]) -> T:
    try:
        statement, parameters = next(write)
        while True:
            rows = await line.fetch(statement, *parameters)
            statement, parameters = write.send(rows)
    except StopIteration as finished:
        result: T = finished.value
        return result
