"""Whether the disk is there and has room, which it is asked in a thread: it may never answer."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from openparticipant.limits import MIB
from openparticipant.objects.workers import Workers

_LEAST = MIB  # below that, hardly an attachment fits
_BETWEEN = 1  # seconds from one look to the next, at least
_OVERDUE = 5  # seconds


class Room:
    """What was seen at the last look; whoever asks begins the next one, if it is time for it."""

    def __init__(self, place: Path, workers: Workers) -> None:
        self._place = place
        self._workers = workers
        self._look: asyncio.Future[str | None] | None = None
        self._began = 0.0
        self._seen: str | None = None

    @property
    def trouble(self) -> str | None:
        """What is wrong with the disk, as of a second ago or so, or None."""
        now = asyncio.get_running_loop().time()
        if self._look is None:
            if now - self._began >= _BETWEEN:
                self._began = now
                self._look = self._workers.submit(self._ask)
                self._look.add_done_callback(self._note)
        elif now - self._began >= _OVERDUE:
            return "objects: the disk does not answer"
        return self._seen

    def _note(self, look: asyncio.Future[str | None]) -> None:
        self._look = None
        if not look.cancelled():
            self._seen = look.result()

    def _ask(self) -> str | None:
        try:
            disk = os.statvfs(self._place)
        except OSError as error:
            return f"objects: {os.strerror(error.errno or 0).lower()}"
        # Some file systems count no files, and say 0 of 0.
        is_full = disk.f_bavail * disk.f_frsize < _LEAST or (disk.f_files and not disk.f_favail)
        return "objects: the disk is full" if is_full else None
