from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from openparticipant.errors import Unavailable
from openparticipant.stores import sqlite_schema, steps
from openparticipant.stores.sqlite_words import prepared, translated
from openparticipant.stores.write import Rows


class SqliteReader:
    """`Readable` on a database file that a server may be writing to.

    Each read sees the newest commit and ends at once, so that none holds the log back.
    """

    def __init__(self, path: Path) -> None:
        """Open a file that is there. Raises `Unavailable`, also for a schema that is not known."""
        with translated():
            self._connection = sqlite3.connect(
                f"file:{quote(str(path.absolute()))}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
            )
        with contextlib.ExitStack() as opened:
            opened.callback(self._connection.close)
            with translated():
                self._connection.execute("PRAGMA busy_timeout=5000")
                self.version = sqlite_schema.version(self._connection)
            if reason := steps.why_not(self.version, self.version, steps.known()):
                raise Unavailable(f"database: {reason}")
            opened.pop_all()

    async def read(self, statement: str, *parameters: Any) -> Rows:
        """Run one SELECT; see `Readable.read`."""
        with translated():
            text, arranged, _ = prepared(statement)
            return self._connection.execute(text, arranged(parameters)).fetchall()

    def copy(self, target: Path) -> None:
        """Write all that is committed now to a new file, for this user alone.

        What was deleted is not in it. Waits for nobody, and nobody for it. Raises `Unavailable`.
        """
        with translated():
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            self._connection.execute("VACUUM INTO ?", (str(target),))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
