"""Instants as the service writes them: ISO 8601, UTC, milliseconds."""

from __future__ import annotations

import time
from functools import lru_cache


@lru_cache(maxsize=64)
def _to_the_second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def iso8601(at: int) -> str:
    """Write an instant in milliseconds as `2026-01-31T10:15:00.172Z`."""
    seconds, millis = divmod(at, 1000)
    return f"{_to_the_second(seconds)}.{millis:03d}Z"
