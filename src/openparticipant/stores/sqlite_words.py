"""Statements in SQLite's words, and what SQLite says in ours."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from openparticipant.errors import Unavailable

_PARAMETER = re.compile(r"\$(\d+)")


@cache
def prepared(statement: str) -> tuple[str, Callable[[Sequence[Any]], Sequence[Any]], bool]:
    """Put a statement in SQLite's words, and its parameters in the order in which they stand.

    SQLite would take `?1` too, but some releases of Python 3.12 warn of such a number as of a name.

    The third says that all that is asked of the rows is how many there are. SQLite gathers what RETURNING gives in a table of its own. Where that is only a 1 for each
    changed row, the count of changes says the same, and two such statements take 12 µs for 17.
    """
    places = [int(number) - 1 for number in _PARAMETER.findall(statement)]
    arranged = tuple if places == list(range(len(places))) else itemgetter(*places)
    text = _PARAMETER.sub("?", statement.rstrip())
    changes = text.removesuffix("RETURNING 1")
    return changes, arranged, changes != text


class translated:  # noqa: N801 - reads as a statement
    """Turn the driver's errors into `Unavailable`."""

    def __enter__(self) -> None:
        return

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, sqlite3.Error | OSError):
            raise Unavailable(f"database: {words(error)}") from error


def words(error: BaseException) -> str:
    """Say what failed, without the name of the file."""
    return error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
