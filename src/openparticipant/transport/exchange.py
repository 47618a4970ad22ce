"""One HTTP exchange of the two JSON planes: its facts for the log, and the one way to answer."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from openparticipant.errors import RequestEntityTooLargeException, ServiceError
from openparticipant.limits import BODY_BYTES
from openparticipant.ports.tracer import Span
from openparticipant.transport.logs import Log
from openparticipant.transport.metrics import Metrics

Headers = list[tuple[bytes, bytes]]
HttpApplication = Callable[[HTTPScope, ASGIReceiveCallable, ASGISendCallable], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: status, headers beyond the request id and CORS, and the body."""

    status: int
    headers: Headers
    body: bytes


CLIENT_GONE = 499  # never sent; how logs and metrics name a client that left first


class Gone(Exception):  # noqa: N818 - not a fault: the client left
    """The client went away before its request was whole."""


@dataclass(slots=True)
class Exchange:
    """A request while it is answered.

    `errors` are those its operation may be answered with; `reason` is the true cause of a
    refusal, for the log.
    """

    scope: HTTPScope
    request_id: str
    operation: str = "unknown"
    errors: frozenset[type[ServiceError]] = frozenset()
    reason: str | None = None
    span: Span | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)

    def header(self, name: bytes) -> str | None:
        """Return a request header by its lower-case name; the first, if it came twice."""
        for key, value in self.scope["headers"]:
            if key == name:
                return value.decode("latin-1")
        return None


def check_announced_size(exchange: Exchange) -> None:
    """Raise RequestEntityTooLargeException if the body is announced to exceed what is read."""
    length = exchange.header(b"content-length")
    if length is not None and int(length) > BODY_BYTES:
        raise _too_large()


async def read_body(receive: ASGIReceiveCallable) -> bytes:
    """Return the whole body, or raise as soon as it exceeds what the planes read.

    Raises RequestEntityTooLargeException, or Gone.
    """
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        body = message.get("body", b"")
        if not message.get("more_body", False):
            if not parts:
                return body
            parts.append(body)
            return b"".join(parts)
        size += len(body)
        if size > BODY_BYTES:
            raise _too_large()
        parts.append(body)


def _too_large() -> RequestEntityTooLargeException:
    return RequestEntityTooLargeException(f"The request body exceeds {BODY_BYTES} bytes.")


async def answer(send: ASGISendCallable, reply: Reply, headers: Headers) -> None:
    """Send a reply whole."""
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [
                *headers,
                *reply.headers,
                (b"content-length", b"%d" % len(reply.body)),
            ],
            "trailers": False,
        }
    )
    await send({"type": "http.response.body", "body": reply.body, "more_body": False})


def record(exchange: Exchange, status: int, *, at: int, log: Log, metrics: Metrics) -> None:
    """Log and count an exchange that is over."""
    seconds = time.perf_counter() - exchange.started
    metrics.request(exchange.operation, status, seconds)
    facts = {
        "request_id": exchange.request_id,
        "operation": exchange.operation,
        "status": status,
        "ms": round(seconds * 1000, 2),
        **exchange.facts,
    }
    if exchange.span is not None:
        exchange.span.end(exchange.operation, facts, failed=status >= 500)
    if client := exchange.scope["client"]:
        facts["client"] = client[0]
    if exchange.reason is not None:
        facts["reason"] = exchange.reason
    log.write("error" if status >= 500 else "info", "request", at, facts)
