"""Whatever shares a batch: each write is as if it ran alone, in order, and failures never ran."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from openparticipant.errors import ConflictException
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.stores.write import Rows, Write
from tests.stores.batches import one_batch

SET = """
    INSERT INTO access_keys (access_key_id, purpose, secret_access_key, created_at)
    VALUES ($1, 'control', '', $2)
    ON CONFLICT (access_key_id) DO UPDATE SET created_at = $2
    RETURNING created_at
"""
INSERT = """
    INSERT INTO access_keys (access_key_id, purpose, secret_access_key, created_at)
    VALUES ($1, 'control', '', $2)
    RETURNING created_at
"""
ADD = """
    UPDATE access_keys SET created_at = created_at + $2 WHERE access_key_id = $1
    RETURNING created_at
"""
DROP = "DELETE FROM access_keys WHERE access_key_id = $1 AND created_at > $2 RETURNING created_at"
ALL = "SELECT access_key_id, created_at FROM access_keys"
REFUSE = "refuse"

Step: TypeAlias = tuple[str, str, int]
Seen: TypeAlias = list[int | None]

STEPS = st.tuples(
    st.sampled_from([SET, SET, ADD, ADD, DROP, INSERT, REFUSE]),
    st.sampled_from(["a", "b", "c"]),
    st.integers(0, 9),
)
BATCHES = st.lists(st.lists(st.lists(STEPS, max_size=4), min_size=1, max_size=8), max_size=4)


def write(steps: list[Step]) -> Callable[[], Write[Seen]]:
    """Make a write of these steps that returns what each one saw."""

    def run() -> Generator[tuple[str, tuple[Any, ...]], Rows, Seen]:
        seen: Seen = []
        for statement, *parameters in steps:
            if statement == REFUSE:
                raise ConflictException("refused")
            rows = yield statement, tuple(parameters)
            seen.append(rows[0][0] if rows else None)
        return seen

    return run


def expected(table: dict[str, int], steps: list[Step]) -> Seen | type[Exception]:
    """Do the same to a table in memory; leave it alone and return what is raised, if it fails."""
    changed, seen = dict(table), Seen()
    for statement, key, value in steps:
        if statement == REFUSE:
            return ConflictException
        if statement == INSERT and key in changed:
            return sqlite3.IntegrityError
        if statement in (SET, INSERT):
            changed[key] = value
        elif statement == ADD and key in changed:
            changed[key] += value
        if statement == DROP:
            seen.append(changed.pop(key) if changed.get(key, -1) > value else None)
        else:
            seen.append(changed.get(key))
    table.clear()
    table.update(changed)
    return seen


@settings(deadline=None, max_examples=50)
@given(BATCHES)
def test_a_batch_equals_its_good_writes_one_by_one(batches: list[list[list[Step]]]) -> None:
    """Results, errors and what is stored are those of a serial run of the writes that succeed."""

    async def run(database: SqliteDatabase) -> None:
        table: dict[str, int] = {}
        for batch in batches:
            tasks = await one_batch(database, [write(steps) for steps in batch])
            outcomes = [type(failure) if (failure := t.exception()) else t.result() for t in tasks]
            assert outcomes == [expected(table, steps) for steps in batch]
            assert {row[0]: row[1] for row in await database.read(ALL)} == table

    with (
        tempfile.TemporaryDirectory() as place,
        closing(SqliteDatabase(Path(place) / "database")) as database,
    ):
        asyncio.run(run(database))
