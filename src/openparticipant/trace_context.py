"""What is being done now, as a W3C `traceparent`, for those who pass it on.

It follows the task that set it, and whatever that task starts. None where nobody traces.
"""

from __future__ import annotations

from contextvars import ContextVar

current: ContextVar[str | None] = ContextVar("traceparent", default=None)
