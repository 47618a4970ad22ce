"""Whose objects lie in a directory: recovery discards what its own database does not know."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from openparticipant.errors import Unavailable

OWNER = ".owner"


def claim(root: Path, owner: str) -> int:
    """Hold a directory of objects for the database `owner`, and return what to close in the end.

    The first to come owns it for good. Raises Unavailable if it is another's, or held right now.
    """
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(root / OWNER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise Unavailable(f"another server uses the objects in {root}") from None
    found = os.pread(descriptor, 100, 0).decode("utf-8", "replace")
    if not found:
        os.write(descriptor, owner.encode())
        os.fsync(descriptor)
    elif found != owner:
        os.close(descriptor)
        raise Unavailable(f"the objects in {root} belong to another server's database")
    return descriptor
