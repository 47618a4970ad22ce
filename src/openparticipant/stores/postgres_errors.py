"""What a failure of PostgreSQL means: try later, try again at once, or a fault of ours."""

from __future__ import annotations

import os

import asyncpg

from openparticipant.errors import Unavailable
from openparticipant.stores.postgres_lines import BusyError

# Two transactions stood in each other's way; the server has undone one.
COLLISIONS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
# Only this call was given up; the server is well.
_HELD_UP = (BusyError, asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError)
# The server, or its machine, cannot do what is right to ask.
_AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.TargetServerAttributeNotMatched,
    asyncpg.InternalClientError,
)


def is_away(error: BaseException) -> bool:
    """Tell whether the database, not the statement, is what failed."""
    if isinstance(error, _HELD_UP):
        return False
    return isinstance(error, _AWAY) or _is_fatal(error) or _is_closed(error)


def unavailable(error: BaseException, *, untouched: bool) -> Unavailable | None:
    """Return what a caller hears of a failure, or None if it is no matter of availability."""
    if is_away(error) or isinstance(error, (*_HELD_UP, *COLLISIONS)):
        # An answer of the server that is an error undid the transaction; a lost line tells nothing.
        undone = isinstance(error, asyncpg.PostgresError) and not (
            _is_fatal(error) or isinstance(error, asyncpg.PostgresConnectionError)
        )
        return Unavailable(f"database: {words(error)}", untouched=untouched or undone)
    return None


def words(error: BaseException) -> str:
    """Say in one line what failed; the server's details may hold values of a row and stay out."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        # One event loop says more than another, among it the address.
        known = error.errno if error.errno and error.errno > 0 else None
        return (os.strerror(known) if known else error.strerror).lower()
    text = str(error.args[0]) if error.args else ""
    return text.partition("\n")[0] or type(error).__name__


def strip(error: BaseException) -> None:
    """Take from an error what it quotes of a row, since it may come to stand in the log."""
    if isinstance(error, asyncpg.PostgresError):
        error.detail = error.context = error.internal_query = None


def _is_fatal(error: BaseException) -> bool:
    return isinstance(error, asyncpg.PostgresError) and (error.severity_en or error.severity) in {
        "FATAL",
        "PANIC",
    }


def _is_closed(error: BaseException) -> bool:
    # The driver has one class for a line that broke and for a wrong use of it.
    return (
        isinstance(error, asyncpg.InterfaceError)
        and not isinstance(error, ValueError)
        and "closed" in str(error)
    )
