"""Wait for what another thread or process is about to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_PATIENCE = 20.0  # seconds; a busy machine, not a slow server


def eventually(holds: Callable[[], bool]) -> bool:
    """Return True as soon as `holds` does, or False when it has not for a long time."""
    give_up_at = time.monotonic() + _PATIENCE
    pause = threading.Event()
    while not holds():
        if time.monotonic() > give_up_at:
            return False
        pause.wait(0.01)
    return True
