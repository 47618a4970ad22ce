"""Instants that an operator names."""

from __future__ import annotations

from openparticipant.errors import InvalidRequestException
from openparticipant.wire.times import parse_iso8601


def instant(name: str, text: str | None, default: int) -> int:
    """Return a member's instant in epoch milliseconds, or the default; raise where it is none."""
    at = default if text is None else parse_iso8601(text)
    if at is None:
        raise InvalidRequestException(
            f"{name} must be an instant such as 2026-01-31T10:15:24.656Z."
        )
    return at
