"""The schema in SQLite: the steps as they stand, and the file's own counter of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import cast

from openparticipant.stores.steps import Step


def version(connection: sqlite3.Connection) -> int:
    """Return how many steps a file has seen."""
    (seen,) = cast("tuple[int]", connection.execute("PRAGMA user_version").fetchone())
    return seen


def version_of(path: Path) -> int:
    """Return the same of a file that another process may have open; 0 where there is none."""
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as connection:
        return version(connection)


def upgrade(connection: sqlite3.Connection, steps: Sequence[Step]) -> None:
    """Take the steps that are missing, one transaction each, forward only."""
    for step in steps[version(connection) :]:
        script = step.for_database("sqlite")
        connection.executescript(
            f"BEGIN IMMEDIATE; {script}; PRAGMA user_version={step.number}; COMMIT;"
        )
