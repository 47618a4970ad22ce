"""Whether a directory's disk is there and has room, asked without waiting for it."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

from openparticipant.limits import MIB

_LEAST = MIB  # below that, hardly an attachment fits
# Seconds.
_BETWEEN_LOOKS = 1
_OVERDUE = 3


class Room:
    """Looks at a disk about once a second while somebody asks, one look at a time."""

    def __init__(self, place: Path) -> None:
        """Look for the first time."""
        self._place = place
        self._trouble = _trouble_at(place)
        self._began = 0.0
        self._look: threading.Thread | None = None

    @property
    def trouble(self) -> str | None:
        """What was wrong at the last look; or that the one under way gets no answer."""
        now = asyncio.get_running_loop().time()
        waited = now - self._began
        if self._look is not None and self._look.is_alive():
            return "objects: no answer in time" if waited >= _OVERDUE else self._trouble
        if waited >= _BETWEEN_LOOKS:
            self._began = now
            # A disk that hangs never lets go of it, so nothing that is waited for at the end may
            # look: neither the threads that the objects have, nor any that is no daemon.
            self._look = threading.Thread(target=self._find, name="room", daemon=True)
            self._look.start()
        return self._trouble

    def _find(self) -> None:
        self._trouble = _trouble_at(self._place)


def _trouble_at(place: Path) -> str | None:
    try:
        disk = os.statvfs(place)
    except OSError as error:
        return f"objects: {os.strerror(error.errno or 0).lower()}"
    # Some file systems count no files, and say 0 of 0.
    is_full = disk.f_bavail * disk.f_frsize < _LEAST or (disk.f_files and not disk.f_favail)
    return "objects: the disk is full" if is_full else None
