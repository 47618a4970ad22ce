"""The clock and the ids that tests of every kind rely on."""

from __future__ import annotations

import asyncio
import re
import threading
import uuid
from collections.abc import Coroutine
from typing import Any

import pytest

from openparticipant.testing.clock import START, SettableClock
from openparticipant.testing.ids import SerialIds


async def turns() -> None:
    """Let everybody who can run do so."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_time_stands_still_until_it_is_told() -> None:
    """The clock starts at its instant and moves by exactly what it is told."""
    clock = SettableClock()
    assert clock.now() == clock.now() == START
    clock.advance(1)
    assert clock.now() == START + 1
    assert SettableClock(5).now() == 5


async def test_a_sleeper_wakes_at_its_millisecond() -> None:
    """Not one earlier, also when the time comes in pieces; the others sleep on."""
    clock = SettableClock()
    short, long = (asyncio.ensure_future(clock.sleep(millis)) for millis in (100, 101))
    await turns()
    clock.advance(60)
    clock.advance(39)
    await turns()
    assert not short.done()
    clock.advance(1)
    await short
    assert not long.done()
    clock.advance(10_000)
    await long


@pytest.mark.parametrize("millis", [0, -5])
async def test_no_time_at_all_passes_at_once(millis: int) -> None:
    """Sleeping for nothing waits for nothing."""
    await asyncio.wait_for(SettableClock().sleep(millis), 30)


async def test_the_clock_may_be_put_back() -> None:
    """Sleepers count by the clock's own hands."""
    clock = SettableClock()
    sleeper = asyncio.ensure_future(clock.sleep(100))
    await turns()
    clock.set(START - 1000)
    clock.advance(1099)
    await turns()
    assert (clock.now(), sleeper.done()) == (START + 99, False)
    clock.advance(1)
    await sleeper


async def test_another_thread_may_move_the_hands() -> None:
    """A test in its own thread wakes the sleepers of a server in another."""
    clock = SettableClock()
    sleepers = [asyncio.ensure_future(clock.sleep(millis)) for millis in range(1, 50)]
    await turns()

    def move() -> None:
        for _ in range(50):
            clock.advance(1)

    mover = threading.Thread(target=move)
    mover.start()
    await asyncio.wait_for(asyncio.gather(*sleepers), 30)
    mover.join()


async def test_who_wakes_next_is_known() -> None:
    """So that a test moves the hands once somebody waits for that, and only as far as needed."""
    clock = SettableClock()
    seen = [clock.next_due]
    sleepers = [asyncio.ensure_future(clock.sleep(millis)) for millis in (200, 100)]
    await turns()
    for _ in sleepers:
        seen.append(clock.next_due)
        clock.advance(100)
    seen.append(clock.next_due)
    assert seen == [None, START + 100, START + 200, None]
    await asyncio.gather(*sleepers)


async def test_a_sleeper_that_was_cancelled_is_forgotten() -> None:
    """Time passes without it."""
    clock = SettableClock()
    sleeper = asyncio.ensure_future(clock.sleep(100))
    await turns()
    sleeper.cancel()
    clock.advance(100)
    await asyncio.wait([sleeper])
    assert sleeper.cancelled()
    clock.advance(100)


def test_a_loop_that_was_closed_disturbs_nobody() -> None:
    """The hands move on although a sleeper's loop is gone."""
    clock = SettableClock()

    async def fall_asleep() -> Coroutine[Any, Any, None]:
        sleeper = clock.sleep(100)
        sleeper.send(None)
        return sleeper

    sleeper = asyncio.run(fall_asleep())
    clock.advance(100)
    assert clock.now() == START + 100
    sleeper.close()


def test_serial_ids_have_the_form_of_real_ones() -> None:
    """Whatever takes ids and tokens apart takes these; each is new and ends in its number."""
    ids = SerialIds()
    uuids = [ids.uuid() for _ in range(1000)]
    tokens = [ids.token() for _ in range(1000)]
    assert len({*uuids, *tokens}) == 2000
    for text in uuids:
        assert str(uuid.UUID(text)) == text
        assert (uuid.UUID(text).version, uuid.UUID(text).variant) == (4, uuid.RFC_4122)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{64}", token) for token in tokens)
    assert uuids[41].endswith("-000000000042")
    assert SerialIds().uuid() == uuids[0]
