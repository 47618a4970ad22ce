"""How long a request waits for engines that are away: 2 s in all, however many calls it makes."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import closing
from typing import Any

from openparticipant.errors import InternalServerException, ServiceError, Unavailable
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.ids import SerialIds
from openparticipant.transport.exchange import Exchange
from openparticipant.transport.logs import Log
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.patience import ORDINARY, Patience
from openparticipant.transport.plane_route import PlaneRoute

_LOOK = 50  # milliseconds


class Engine:
    """An engine that is away."""

    trouble: str | None = "engine: away"


class TwoCalls:
    """A plane whose only operation makes two calls, each to an engine that is away then."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self.engine = Engine()
        self.answered = 0

    def fault(self) -> ServiceError:
        """See `Plane`."""
        return InternalServerException()

    async def carry_out(self, exchange: Exchange, raw_path: str, receive: Any) -> bytes:
        """See `Plane`."""
        del exchange, raw_path, receive
        for _ in range(2):
            self.engine.trouble = "engine: away"
            failed = Unavailable("engine: away", untouched=True)
            await self._patience.retry(self._call, failed, engine=self.engine, spent=0)
        return b"{}"

    async def _call(self) -> None:
        self.answered += 1


async def test_a_request_waits_two_seconds_for_all_its_calls() -> None:
    """What the first call has waited for is not waited for again."""
    clock = SettableClock()
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nobody reads this request")

    async def spend(millis: int) -> None:
        for _ in range(millis // _LOOK):
            clock.advance(_LOOK)
            await settle()

    async def settle() -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    with closing(Log(io.BytesIO())) as log:
        planes = PlaneRoute(clock=clock, ids=SerialIds(), log=log, metrics=Metrics())
        plane = TwoCalls(Patience(clock))
        scope: Any = {"headers": [], "client": None}
        exchange = planes.enter(scope)
        request = asyncio.create_task(planes.perform(plane, exchange, "/", receive, send, []))
        await settle()
        await spend(ORDINARY - 500)
        assert plane.answered == 0
        plane.engine.trouble = None
        await spend(_LOOK)
        assert plane.answered == 1

        await spend(500 - 2 * _LOOK)
        assert not request.done()
        await spend(_LOOK)
        assert request.done()
        await request

    start, body = sent
    assert start["status"] == 500
    assert json.loads(body["body"])["Message"] == InternalServerException().message
    assert (exchange.reason, plane.answered) == ("engine: away", 1)
