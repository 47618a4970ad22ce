"""Files on their way into a back-up or out of it: whole, durable, for this user alone, and hashed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from openparticipant.objects.durability import sync, sync_directory
from openparticipant.objects.keeping import NO_LINKS

_PIECE = 1 << 20


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file that nobody changes a second name, or copy it to another file system."""
    make_parents(target)
    try:
        target.hardlink_to(source)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        copy(source, target)


def copy(source: Path, target: Path) -> str:
    """Copy a file durably to a place where there is none; return the SHA-256 of what was copied."""
    make_parents(target)
    digest = hashlib.sha256()
    with source.open("rb") as original:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as duplicate:
            while piece := original.read(_PIECE):
                digest.update(piece)
                duplicate.write(piece)
            duplicate.flush()
            sync(duplicate.fileno())
    return digest.hexdigest()


def hash_of(path: Path, size: int | None = None) -> tuple[str, str]:
    """Return the SHA-256 of a file, and that of its first `size` bytes."""
    digest, first = hashlib.sha256(), hashlib.sha256()
    left = size or 0
    with path.open("rb") as file:
        while piece := file.read(min(_PIECE, left) if left else _PIECE):
            digest.update(piece)
            if left:
                left -= len(piece)
                if not left:
                    first = digest.copy()
    return digest.hexdigest(), first.hexdigest()


def make_parents(target: Path) -> None:
    """Make the directories that a file needs, for this user alone."""
    missing = []
    directory = target.parent
    while not directory.is_dir():
        missing.append(directory)
        directory = directory.parent
    for each in reversed(missing):
        each.mkdir(mode=0o700)


def settle(root: Path) -> None:
    """Make all names below a directory durable."""
    for directory, _, _ in os.walk(root, topdown=False):
        sync_directory(Path(directory))
