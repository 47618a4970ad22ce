"""What is logged and counted of requests that operations do not see."""

from __future__ import annotations

import time
from collections.abc import Callable

from openparticipant.bootstrap.foundation import Foundation
from openparticipant.domain.transcript import Notice, TranscriptItem
from openparticipant.ports.tracer import Tracer
from openparticipant.transport.exchange import CLIENT_GONE
from openparticipant.transport.live.announcement import kind
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.object_request import ObjectExchange
from openparticipant.transport.objects import METHODS
from openparticipant.transport.refusal import Refusal


def refusals(on: Foundation, metrics: Metrics) -> Callable[[Refusal], None]:
    """Watch what the HTTP parser refuses."""

    def refused(refusal: Refusal) -> None:
        metrics.refused(refusal.reason)
        facts = {
            "request_id": refusal.request_id,
            "status": refusal.status,
            "reason": refusal.reason,
            "detail": refusal.detail,
            "client": refusal.client[0] if refusal.client else None,
        }
        on.log.write("info", "refused", on.clock.now(), facts)

    return refused


def deliveries(
    on: Foundation, metrics: Metrics, tracer: Tracer | None
) -> Callable[[Notice, int], None]:
    """Watch what sockets are told, and how long after it happened."""

    def delivered(notice: Notice, sockets: int) -> None:
        if tracer is not None and sockets:
            with tracer.step("deliver", {"contact_id": notice.contact_id, "sockets": sockets}):
                pass  # the frames are written when the sockets take them
        seconds = None
        if isinstance(notice, TranscriptItem):
            seconds = max(0, on.clock.now() - notice.at) / 1000
        metrics.delivered(kind(notice), sockets, seconds)

    return delivered


def objects(on: Foundation, metrics: Metrics) -> Callable[[ObjectExchange], None]:
    """Watch uploads and downloads."""

    def observed(exchange: ObjectExchange) -> None:
        seconds = time.perf_counter() - exchange.started
        operation = f"object {exchange.method}" if exchange.method in METHODS else "object"
        metrics.request(operation, exchange.status or CLIENT_GONE, seconds)
        metrics.moved("in", exchange.received)
        metrics.moved("out", exchange.sent)
        facts = {
            "request_id": exchange.request_id,
            "operation": operation,
            "status": exchange.status,
            "ms": round(seconds * 1000, 2),
            "key": exchange.key,
            "client": exchange.client,
            "received": exchange.received,
            "sent": exchange.sent,
            "code": exchange.code,
            "reason": exchange.reason,
        }
        failed = exchange.status is not None and exchange.status >= 500
        if exchange.span is not None:
            status = exchange.status or CLIENT_GONE
            seen: dict[str, str | int] = {"request_id": exchange.request_id, "status": status}
            exchange.span.end(operation, seen, failed=failed)
        on.log.write(
            "error" if failed else "info",
            "request",
            on.clock.now(),
            {name: fact for name, fact in facts.items() if fact is not None},
        )

    return observed
