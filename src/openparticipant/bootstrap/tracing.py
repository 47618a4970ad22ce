"""Whether what is done for requests is told to a collector."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openparticipant.ports.tracer import Tracer
from openparticipant.settings import Settings
from openparticipant.transport.start import StartError


@asynccontextmanager
async def tracer(settings: Settings) -> AsyncIterator[Tracer | None]:
    """Open the way to the collector, if there is one; it need not be up. Raises StartError."""
    if settings.trace_to is None:
        yield None
        return
    try:
        from openparticipant.tracing.otel import OtelTracer  # noqa: PLC0415 - slow, and for few
    except ImportError:
        raise StartError(
            "--trace-to http://… needs the extra \"otel\": pip install 'openparticipant[otel]'"
        ) from None
    opened = OtelTracer(settings.trace_to, settings.trace_ratio)
    try:
        yield opened
    finally:
        await opened.close()
