from __future__ import annotations

import threading
from pathlib import Path

from openparticipant.objects.durability import sync_directory


class Directories:
    """The directories below one root: made when an object needs them, removed when empty.

    Used from many threads of one process, which owns the root alone.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        # Names change under this lock, so that nobody removes a directory that another thread is
        # about to move a file into. Nothing is synced while it is held.
        self._lock = threading.Lock()
        # Directories whose own name may not be durable yet.
        self._unsettled: set[Path] = set()

    def publish(self, temporary: Path, target: Path) -> None:
        """Move a synced file to its place, replacing what lies there; durable on return."""
        parent = target.parent
        with self._lock:
            try:
                temporary.replace(target)
            except FileNotFoundError:
                try:
                    self._make(parent)
                    temporary.replace(target)
                except OSError:
                    self._prune(parent)
                    raise
            unsettled = self._unsettled.intersection((parent, *parent.parents))
        sync_directory(parent)
        for directory in unsettled:
            sync_directory(directory.parent)
        with self._lock:
            self._unsettled -= unsettled

    def remove(self, target: Path) -> None:
        """Remove a file, if it is there, and the directories that this leaves empty."""
        with self._lock:
            try:
                target.unlink(missing_ok=True)
            except NotADirectoryError:
                return
            self._prune(target.parent)

    def prune(self, directory: Path) -> None:
        """Remove a directory and those above it, as far as they are empty."""
        with self._lock:
            self._prune(directory)

    def _make(self, directory: Path) -> None:
        missing = []
        while not directory.is_dir():
            missing.append(directory)
            directory = directory.parent
        for each in reversed(missing):
            each.mkdir(mode=0o700)
            self._unsettled.add(each)

    def _prune(self, directory: Path) -> None:
        while directory != self._root:
            try:
                directory.rmdir()
            except FileNotFoundError:
                pass
            except OSError:
                return
            self._unsettled.discard(directory)
            directory = directory.parent
