"""Health for balancers, and the operator's own application on the loopback address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from openparticipant.transport.exchange import HttpApplication, Reply, answer
from openparticipant.transport.lifecycle import Lifecycle
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.plane_route import Plane, PlaneRoute, raw_path_of

_PROMETHEUS = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")


class Health:
    """`/health/live` and `/health/ready`.

    Not ready (503) only while this node itself cannot serve: starting or draining. What all nodes
    share may be away and the answer is 200 all the same, `degraded` and why: a balancer that sees
    503 from every node at once would end every chat.
    """

    def __init__(self, lifecycle: Lifecycle, troubles: Callable[[], Sequence[str]]) -> None:
        self._lifecycle = lifecycle
        self._troubles = troubles

    async def __call__(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Answer one request."""
        del receive
        await answer(send, self._reply(scope["path"]), [])

    def _reply(self, path: str) -> Reply:
        if path == "/health/live":
            return _json(200, {"status": "live"})
        if path == "/health/ready":
            state = self._lifecycle.state
            if state == "ready" and (troubles := self._troubles()):
                return _json(200, {"status": "degraded", "reasons": troubles})
            return _json(200 if state == "ready" else 503, {"status": state})
        return _json(404, {"status": "unknown"})


class AdminApp:
    """`/metrics` in the Prometheus format and health, open, and the operator's plane."""

    def __init__(
        self, metrics: Metrics, health: HttpApplication, planes: PlaneRoute, plane: Plane
    ) -> None:
        self._metrics = metrics
        self._health = health
        self._planes = planes
        self._plane = plane

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Answer one request."""
        if scope["type"] == "websocket":  # there is none here; closed unopened, it is a 403
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
            return
        assert scope["type"] == "http"
        raw_path = raw_path_of(scope)
        if raw_path == "/metrics":
            await answer(send, Reply(200, [_PROMETHEUS], self._metrics.text()), [])
        elif raw_path.startswith("/health/"):
            await self._health(scope, receive, send)
        else:
            exchange = self._planes.enter(scope)
            await self._planes.perform(self._plane, exchange, raw_path, receive, send, [])


def _json(status: int, value: Mapping[str, str | Sequence[str]]) -> Reply:
    return Reply(status, [(b"content-type", b"application/json")], msgspec.json.encode(value))
