"""The schema in PostgreSQL, and how it comes to be there.

Each step is one transaction under a lock of the database's own, which the transaction holds and no
session, so that it works behind a pooler. Of nodes that start at once one takes the step, the
others wait and find it taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openparticipant.stores.postgres_line import Line
from openparticipant.stores.steps import Step

# What SQLite's scripts say in words of its own, most specific first.
_DIALECT = (
    ("INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY"),
    ("INTEGER", "BIGINT"),
    ("BLOB", "BYTEA"),
    ("WITHOUT ROWID", ""),
)
# Any number will do that nobody else locks in this database.
_LOCK = 0x6F70656E7061
# A table is locked for a moment; whoever has it in use ends within seconds, or is ended.
_BEGIN = "BEGIN; SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0"
_TAKE_LOCK = "SELECT pg_advisory_xact_lock($1)"
_IS_THERE = "SELECT to_regclass('schema_version') IS NOT NULL"
_NEWEST = "SELECT version, oldest FROM schema_version ORDER BY version DESC LIMIT 1"
_CREATE = """
    CREATE TABLE IF NOT EXISTS schema_version (
        version BIGINT PRIMARY KEY,
        oldest BIGINT NOT NULL,
        taken_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )
"""
_RECORD = "INSERT INTO schema_version (version, oldest) VALUES ($1, $2)"


@dataclass(frozen=True, slots=True)
class Found:
    """A schema as it is: its version, and how many steps code must know to work on it."""

    version: int
    oldest: int


def script(step: Step) -> str:
    """Return a step in PostgreSQL's words."""
    text = step.for_database("postgresql")
    for here, there in _DIALECT:
        text = text.replace(here, there)
    return text


async def find(line: Line) -> Found:
    """Return the schema of a database, which is version 0 where there is none."""
    ((is_there,),) = await line.fetch(_IS_THERE)
    rows = await line.fetch(_NEWEST) if is_there else ()
    return Found(*rows[0]) if rows else Found(0, 0)


async def upgrade(line: Line, steps: Sequence[Step]) -> list[Step]:
    """Take the steps that are missing and return them. What fails leaves those before it taken."""
    taken: list[Step] = []
    while step := await _take_next(line, steps):
        taken.append(step)
    return taken


async def _take_next(line: Line, steps: Sequence[Step]) -> Step | None:
    await line.execute(_BEGIN)
    try:
        await line.fetch(_TAKE_LOCK, _LOCK)
        missing = steps[(await find(line)).version :]
        if missing:
            await line.execute(_CREATE)
            await line.execute(script(missing[0]))
            await line.fetch(_RECORD, missing[0].number, missing[0].oldest)
    except Exception:
        await line.undo()
        raise
    await line.execute("COMMIT")
    return missing[0] if missing else None
