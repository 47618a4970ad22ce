"""Instants as the service writes them: ISO 8601, UTC, milliseconds."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=64)
def _to_the_second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def iso8601(at: int) -> str:
    """Write an instant in milliseconds as `2026-01-31T10:15:00.172Z`."""
    seconds, millis = divmod(at, 1000)
    return f"{_to_the_second(seconds)}.{millis:03d}Z"


def parse_iso8601(text: str) -> int | None:
    """Return an instant in milliseconds, or None for what is none; without a zone it is UTC."""
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        return int((instant - _EPOCH) / timedelta(milliseconds=1))
    except (ValueError, OverflowError):
        return None
