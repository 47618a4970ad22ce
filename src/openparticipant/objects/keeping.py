"""A second name for exactly the object that was seen, or a copy where the disk has no links."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from openparticipant.objects.durability import sync
from openparticipant.objects.trailer import read_trailer

NO_LINKS = frozenset({errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP})


def take(source: Path, version: str, temporary: Path) -> bool:
    """Put the object of this version at `temporary`; False, and nothing there, if it is gone."""
    try:
        temporary.hardlink_to(source)
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        return copy(source, version, temporary)
    with temporary.open("rb") as linked:
        if read_trailer(linked.fileno()).version == version:
            return True
    temporary.unlink()
    return False


def copy(source: Path, version: str, temporary: Path) -> bool:
    """Do as `take` does, without a link."""
    try:
        original = source.open("rb")
    except FileNotFoundError:
        return False
    with original:
        if read_trailer(original.fileno()).version != version:
            return False
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as duplicate:  # noqa: PTH123 - a descriptor, not a path
            shutil.copyfileobj(original, duplicate, 1 << 20)
            duplicate.flush()
            sync(duplicate.fileno())
    return True
