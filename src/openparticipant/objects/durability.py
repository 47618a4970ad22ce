"""Bytes and names that survive a loss of power, and the errors of a disk that cannot do it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from openparticipant.errors import Unavailable

if sys.platform == "darwin":
    import fcntl

    def sync(descriptor: int) -> None:
        """Make what was written to an open file durable."""
        # macOS's fsync leaves the bytes in the drive's own cache.
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)

else:

    def sync(descriptor: int) -> None:
        """Make what was written to an open file durable."""
        os.fsync(descriptor)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable; one that is gone meanwhile needs nothing."""
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def or_unavailable(doing: str) -> Iterator[None]:
    """Turn what the file system refuses (full, over quota, broken) into Unavailable."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"cannot {doing}: {error.strerror or error}") from error
