"""What is being done now, as a W3C `traceparent`, for those who pass it on.

It follows the task that set it, and whatever that task starts. None where nobody traces.
"""

from __future__ import annotations

import re
from contextvars import ContextVar

current: ContextVar[str | None] = ContextVar("traceparent", default=None)

_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def is_valid(traceparent: str) -> bool:
    """Tell whether a text is a `traceparent` as W3C's Trace Context defines it."""
    return _FORM.fullmatch(traceparent) is not None


def trace_id() -> str | None:
    """Return the id of the trace that what is done now belongs to."""
    traceparent = current.get()
    return traceparent[3:35] if traceparent is not None else None
