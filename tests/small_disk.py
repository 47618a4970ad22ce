"""A disk that can be filled up for real: a file system in memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.requirements import require


@contextmanager
def small_disk(place: Path, options: str) -> Iterator[Path]:
    """Mount a disk of so many bytes or names, as `mount` puts it, at a place."""
    may = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount")
    require(may, "the right to mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    mounted = subprocess.run(mount, check=False, capture_output=True)
    require(mounted.returncode == 0, "the right to mount a small disk")
    try:
        yield place
    finally:
        # Lazily: a failed test may still hold a file, and nothing may stay mounted.
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill_up(place: Path) -> Path:
    """Take all the room that is left, and return the file to remove for it."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast
