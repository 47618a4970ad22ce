"""A database file: how it is opened, and whether it still lies where it was."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

# A longer log between checkpoints writes each hot page once instead of many times.
_CHECKPOINT_PAGES = 10_000


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection whose commits are durable when they return."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA fullfsync=ON")  # macOS: past the drive's own cache
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what is removed is overwritten
    # Nobody else works on the file for long; those who wait would wait for this, too.
    connection.execute("PRAGMA busy_timeout=1000")
    connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
    return connection


class Place:
    """Where the file lies, as long as it does: what is written to a file without a name is lost."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._identity = self._find()

    def check(self) -> None:
        """Raise OSError if the file was removed, or replaced by another one."""
        if self._find() != self._identity:
            raise FileNotFoundError("another file lies in its place; the server must be restarted")

    def _find(self) -> tuple[int, int]:
        found = os.stat(self._path)  # noqa: PTH116 - once a batch, and twice as fast
        return found.st_dev, found.st_ino
