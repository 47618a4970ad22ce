"""Programs whose standard output is a terminal."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import termios
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

ROWS = 24


def run(
    line: list[str], environ: Mapping[str, str], home: Path, columns: int, patience: float
) -> subprocess.CompletedProcess[bytes]:
    """Run with a terminal of that many columns as standard output."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    with closing(os.fdopen(ours, "rb", buffering=0)) as reader:
        with closing(os.fdopen(theirs, "wb", buffering=0)) as screen:
            process = subprocess.Popen(
                line,
                env=environ,
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=screen,
                stderr=subprocess.PIPE,
            )
        pieces = []
        # An error is how Linux tells that nobody holds the other end any more.
        with suppress(OSError):
            while piece := reader.read(65536):
                pieces.append(piece)
        _, said = process.communicate(timeout=patience)
        return subprocess.CompletedProcess(line, process.returncode, b"".join(pieces), said)
