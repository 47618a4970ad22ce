"""Files of any size whose bytes nobody could guess, and which are what their ending says."""

from __future__ import annotations

import os

from tests.contents.samples import MP4, PDF, png

_BEGINNINGS = {"mp4": MP4, "pdf": PDF[:15], "png": png()[:33], "txt": b""}


def filled(ending: str, size: int) -> bytes:
    """Return a file of `size` bytes: its kind's beginning, and noise."""
    beginning = _BEGINNINGS[ending]
    assert size >= len(beginning), f"a .{ending} has at least {len(beginning)} bytes"
    return beginning + os.urandom(size - len(beginning))
