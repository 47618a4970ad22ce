"""Who waits for an engine that is away, how long, and what is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from openparticipant.errors import Refused, Unavailable
from openparticipant.testing.clock import SettableClock
from openparticipant.transport.exchange import Gone
from openparticipant.transport.patience import CONNECTING, ORDINARY, Patience, allowing

MOST = 4
LOOK = 50  # milliseconds


class Engine:
    """An engine that is away until it is told to be back, and counts who knocks."""

    def __init__(self) -> None:
        self.trouble: str | None = "engine: away"
        self.calls = 0

    async def call(self) -> str:
        """Answer, or fail."""
        self.calls += 1
        if self.trouble is not None:
            raise Unavailable(self.trouble)
        return "done"


class World:
    """Those who wait for one engine, at a clock that the test moves."""

    def __init__(self) -> None:
        self.clock = SettableClock()
        self.engine = Engine()
        self.patience = Patience(self.clock, MOST)

    async def call(self, *, spent: float = 0) -> str:
        """Call the engine as a port does."""
        try:
            return await self.engine.call()
        except Unavailable as failed:
            return await self.patience.retry(
                self.engine.call, failed, engine=self.engine, spent=spent
            )

    async def connect(self, is_gone: Callable[[], bool] = lambda: False) -> str:
        """Call it as a client whose failure would be its end."""
        with allowing(CONNECTING, is_gone):
            return await self.call()

    async def spend(self, millis: int) -> None:
        """Let time pass, look by look."""
        await self.settle()
        for _ in range(millis // LOOK):
            self.clock.advance(LOOK)
            await self.settle()

    async def settle(self) -> None:
        """Let everybody do what there is to do now."""
        for _ in range(5):
            await asyncio.sleep(0)


def begin(*calls: Coroutine[Any, Any, str]) -> list[asyncio.Task[str]]:
    """Let calls begin, each as a request of its own."""
    return [asyncio.create_task(call) for call in calls]


async def failure(task: asyncio.Task[str]) -> str:
    """Return why a call came to nothing."""
    with pytest.raises(Unavailable) as failed:
        await task
    return str(failed.value)


async def test_an_ordinary_call_waits_two_seconds() -> None:
    """Not less, so that a restart of a pool is not seen, and not more."""
    world = World()
    (call,) = begin(world.call())
    await world.spend(ORDINARY - LOOK)
    assert not call.done()
    await world.spend(LOOK)
    assert call.done()
    assert await failure(call) == "engine: away"
    assert world.engine.calls == 1


async def test_who_connects_waits_longer() -> None:
    """The engine comes back at the last moment, and nobody had knocked meanwhile."""
    world = World()
    (call,) = begin(world.connect())
    await world.spend(CONNECTING - LOOK)
    assert not call.done()
    assert world.engine.calls == 1
    world.engine.trouble = None
    await world.spend(LOOK)
    assert (await call, world.engine.calls, world.patience.held) == ("done", 2, 0)


async def test_the_time_is_the_requests() -> None:
    """One that makes two calls waits no longer for both than another one for one."""
    world = World()

    async def twice() -> str:
        with allowing(CONNECTING):
            await world.call()
            world.engine.trouble = "engine: away again"
            return await world.call()

    (request,) = begin(twice())
    await world.spend(20_000)
    world.engine.trouble = None
    await world.spend(LOOK)
    assert not request.done()
    await world.spend(CONNECTING - 20_000 - LOOK)
    assert request.done()
    assert await failure(request) == "engine: away again"


async def test_the_time_of_the_first_try_counts() -> None:
    """A call that took a second and a half to fail waits for half a second more."""
    world = World()
    (call,) = begin(world.call(spent=1.5))
    await world.spend(500)
    assert call.done()
    await failure(call)


async def test_what_is_refused_is_not_asked_for_again() -> None:
    """A permission that is missing does not come by waiting."""
    world = World()
    failed = Refused("engine: access denied", untouched=True)
    with pytest.raises(Refused):
        await world.patience.retry(world.engine.call, failed, engine=world.engine, spent=0)
    assert (world.engine.calls, world.patience.held) == (0, 0)


async def test_who_has_left_waits_no_more() -> None:
    """The place of a client that hung up is free at the next look."""
    world = World()
    left = False
    (call,) = begin(world.connect(lambda: left))
    await world.spend(1_000)
    assert not call.done()
    left = True
    await world.spend(LOOK)
    assert world.patience.held == 0
    with pytest.raises(Gone):
        await call


async def test_a_server_that_ends_lets_nobody_wait() -> None:
    """All are told at once, also those who come late: another node may serve them."""
    world = World()
    (call,) = begin(world.connect())
    await world.spend(1_000)
    await world.patience.close()
    await world.settle()
    assert call.done()
    await failure(call)
    (late,) = begin(world.connect())
    await world.settle()
    assert late.done()
    await failure(late)


async def test_only_so_many_wait() -> None:
    """Half of the places are for those whom a failure would end; who finds none is told at once."""
    world = World()
    ordinary = begin(*(world.call() for _ in range(MOST)))
    await world.spend(LOOK)
    assert [call.done() for call in ordinary] == [False, False, True, True]
    connecting = begin(*(world.connect() for _ in range(MOST)))
    await world.spend(LOOK)
    assert [call.done() for call in connecting] == [False, False, True, True]
    assert world.patience.held == MOST
    world.engine.trouble = None
    await world.spend(LOOK)
    assert world.patience.held == 0
    outcomes = await asyncio.gather(*ordinary, *connecting, return_exceptions=True)
    assert outcomes.count("done") == MOST


async def test_who_may_not_wait_does_not() -> None:
    """Work in the background begins anew by itself."""
    world = World()
    with allowing(0), pytest.raises(Unavailable):
        await world.call()
    assert world.engine.calls == 1


async def test_a_failure_without_trouble_is_tried_again_at_each_look() -> None:
    """A line that broke says nothing of the server."""
    world = World()
    world.engine.trouble = None
    tries = 0

    async def third_time() -> str:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise Unavailable("engine: the line broke", untouched=True)
        return "done"

    failed = Unavailable("engine: the line broke", untouched=True)
    (call,) = begin(world.patience.retry(third_time, failed, engine=world.engine, spent=0))
    await world.spend(4 * LOOK)
    assert (await call, tries) == ("done", 3)


async def test_nobody_looks_when_nobody_waits() -> None:
    """An idle server does nothing twenty times a second."""
    world = World()
    (call,) = begin(world.call())
    await world.spend(LOOK)
    assert len(asyncio.all_tasks()) == 3
    world.engine.trouble = None
    await world.spend(2 * LOOK)
    await call
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_call_that_is_given_up_leaves_its_place() -> None:
    """What is cancelled, as when a server is cut off, is not waited for."""
    world = World()
    (call,) = begin(world.connect())
    await world.spend(LOOK)
    call.cancel()
    await world.spend(2 * LOOK)
    assert call.cancelled()
    assert world.patience.held == 0
