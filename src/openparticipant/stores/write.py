"""What a write is, whichever database carries it out.

A write is a generator: it yields statements with their parameters, is sent the rows each returns,
and returns its result. It holds no connection and asks no clock, so a driver may run it inside any
transaction, beside others, and again if the first try was lost. Whatever it raises undoes it.

Statements are written once for SQLite and PostgreSQL: parameters are `$1`, `$2`, …; changes tell
what they did by RETURNING; times and sizes are integers, digests bytes, everything else text.

PostgreSQL runs many writes at once. So what a write decides is decided by the statement that
changes it (`UPDATE … WHERE` what must hold), or after the contact's row was locked, which is the
first lock that a write takes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol, TypeVar

Row = Sequence[Any]
Rows = Sequence[Row]
Statement = tuple[str, tuple[Any, ...]]

T = TypeVar("T")
Write = Generator[Statement, Rows, T]


class Readable(Protocol):
    """What single reads can be made of."""

    async def read(self, statement: str, *parameters: Any) -> Rows:
        """Return the rows of one SELECT that sees every write acknowledged before."""
        ...


class Database(Readable, Protocol):
    """A driver: runs writes durably and single reads consistently."""

    @property
    def trouble(self) -> str | None:
        """What is wrong with the database now; see `Engine`."""
        ...

    async def write(self, make: Callable[[], Write[T]], *, alone: bool = False) -> T:
        """Run a write in a transaction; what it returns is durable when this returns.

        Of the writes that ask to be alone, at whatever node, one runs at a time: for what has no row
        yet that could be locked.

        Raises what the write raised, with nothing changed, or `Unavailable`: `untouched` where the
        commit was certainly never asked for.
        """
        ...

    async def now(self) -> int:
        """Return what the database's own clock says, in epoch milliseconds."""
        ...
