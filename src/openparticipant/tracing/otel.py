"""Traces for an OpenTelemetry collector, over HTTP.

Needs the extra `otel`; whoever imports this module answers for its absence. All that the SDK would
keep for the whole process is kept here, so that two nodes in one process have two tracers.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Mapping

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from openparticipant import trace_context
from openparticipant.errors import ServiceError
from openparticipant.ports.tracer import Fact

_PATIENCE = 2.0  # seconds for one export, and for what is left at the end
_ERROR = trace.StatusCode.ERROR
# What may be seen by whoever reads traces; facts beside these stay in the log.
_SHOWN = {
    "request_id": "openparticipant.request_id",
    "contact_id": "openparticipant.contact_id",
    "sockets": "openparticipant.sockets",
    "status": "http.response.status_code",
}


class OtelTracer:
    """`Tracer` that sends spans to a collector; with the collector away, they are dropped.

    `ratio` is the share of traces that are recorded; where the client has decided, that counts.
    """

    def __init__(self, origin: str, ratio: float) -> None:
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(ratio)),
            resource=Resource.create({"service.name": "openparticipant"}),
            shutdown_on_exit=False,
        )
        exporter = OTLPSpanExporter(endpoint=f"{origin}/v1/traces", timeout=_PATIENCE)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("openparticipant")

    def request(self, traceparent: str | None) -> OtelSpan:
        """See `Tracer`."""
        known = traceparent is not None and trace_context.is_valid(traceparent)
        parent = _context(traceparent) if traceparent is not None and known else Context()
        span = self._tracer.start_span("unknown", parent, kind=trace.SpanKind.SERVER)
        trace_context.current.set(_traceparent(span))
        return OtelSpan(span)

    @contextlib.contextmanager
    def step(self, name: str, facts: Mapping[str, Fact] = {}) -> Iterator[None]:
        """See `Tracer`."""
        parent = trace_context.current.get()
        if parent is None:
            yield
            return
        span = self._tracer.start_span(name, _context(parent), attributes=_shown(facts))
        token = trace_context.current.set(_traceparent(span))
        try:
            yield
        except BaseException as error:
            if not isinstance(error, ServiceError):
                span.set_status(_ERROR, type(error).__name__)  # its text may say too much
            raise
        finally:
            trace_context.current.reset(token)
            span.end()

    async def close(self) -> None:
        """Send what is left, if the collector takes it soon."""
        ending = threading.Thread(target=self._provider.shutdown, name="traces", daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, _PATIENCE)


class OtelSpan:
    """`Span` of one request."""

    __slots__ = ("_span",)

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def end(self, name: str, facts: Mapping[str, Fact], *, failed: bool) -> None:
        """See `Span`."""
        self._span.update_name(name)
        self._span.set_attributes(_shown(facts))
        if failed:
            self._span.set_status(_ERROR)
        self._span.end()


def _shown(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return {shown: facts[name] for name, shown in _SHOWN.items() if name in facts}


def _context(traceparent: str) -> Context:
    _, trace_id, span_id, flags = traceparent.split("-")
    parent = trace.SpanContext(
        int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=_flags(flags)
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(parent), Context())


def _flags(text: str) -> trace.TraceFlags:
    return trace.TraceFlags(int(text, 16) & trace.TraceFlags.SAMPLED)


def _traceparent(span: trace.Span) -> str:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
