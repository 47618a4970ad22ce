"""Everyone who listens is told everything once and in order, whatever the bus and the store do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from openparticipant.domain.connection import Caller
from openparticipant.domain.transcript import Advanced, EventType, TranscriptItem
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.testing.store_contract.scene import Scene
from tests.transport.live.hall import Hall, Member


def _never() -> None:
    raise AssertionError("this scene has one store, opened already")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Return a real store for the module."""
    path: Path = tmp_path_factory.mktemp("rooms") / "db.sqlite3"
    with closing(SqliteDatabase(path)) as database:
        scene = Scene(_never)  # type: ignore[arg-type]
        scene.store = SqlContactStore(database, scene.ids)
        yield scene


@pytest.fixture(autouse=True)
def no_fault() -> None:
    """Let rooms complain of a store that is down, which elsewhere here nothing may."""


# What happens to the notice of an item, and what else may happen in between.
TIMES = {"told": 1, "told twice": 2, "told without content": 0, "kept back": 0, "lost": 0}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["say", "reject"]), st.sampled_from(sorted(TIMES))),
        st.tuples(st.just("bring"), st.integers(0, 20)),
        st.tuples(st.just("enter"), st.integers(0, 1)),
        st.tuples(st.just("leave"), st.integers(0, 5)),
        st.tuples(st.sampled_from(["down", "up", "look", "turn"]), st.none()),
    ),
    min_size=10,
    max_size=60,
)


class Play:
    """Steps on one contact, with a record of what was said."""

    def __init__(self, hall: Hall, people: list[Caller], said: list[TranscriptItem]) -> None:
        self.hall = hall
        self.people = people
        self.said = said
        self.kept: list[TranscriptItem] = []

    async def step(self, what: str, how: str | int | None) -> None:
        """Take one step."""
        hall = self.hall
        match what, how:
            case "say" | "reject", str(fate):
                item = await self._item(is_private=what == "reject")
                self.said.append(item)
                self.kept += [item] * (fate == "kept back")
                for _ in range(TIMES[fate]):
                    hall.bus.publish(item)
                if fate == "told without content":
                    hall.bus.publish(Advanced(item.contact_id, item.ordinal))
            case "bring", int(which) if self.kept:
                hall.bus.publish(self.kept.pop(which % len(self.kept)))
            case "enter", int(who):
                member = await hall.enter(self.people[who])
                # Nothing that is said from now on may be missed.
                assert member is None or member.since <= len(self.said)
            case "leave", int(which) if hall.inside:
                hall.leave(hall.inside[which % len(hall.inside)])
            case "down" | "up", _:
                hall.store.is_down = what == "down"
            case "look", _:
                await hall.look()
            case _:
                await asyncio.sleep(0)
        for member in hall.inside:
            self.told_in_order(member)

    async def _item(self, *, is_private: bool) -> TranscriptItem:
        """Let the first one say something, or send a file that is rejected."""
        scene, caller = self.hall.scene, self.people[0]
        if not is_private:
            return await scene.say(caller)
        item = await scene.conclude(await scene.scanned(caller), is_approved=False)
        assert item is not None
        return item

    def due(self, member: Member) -> list[str]:
        """Return the items after a member's coming that are for it."""
        return [
            item.id
            for item in self.said[member.since :]
            if not item.is_private or member.socket.caller == self.people[0]
        ]

    def told_in_order(self, member: Member) -> None:
        """Check that a member was told what is for it, with nothing left out."""
        assert member.ids == self.due(member)[: len(member.ids)]


async def _play(scene: Scene, steps: list[tuple[str, str | int | None]]) -> None:
    caller = await scene.customer()
    people = [caller, await scene.join(caller.contact_id)]
    said = [await scene.say(caller) for _ in range(2)]
    play = Play(Hall(scene, caller), people, said)
    hall = play.hall
    for each in people:
        await hall.enter(each)
    for what, how in steps:
        await play.step(what, how)
    hall.store.is_down = False
    await hall.look()
    for member in hall.inside:
        assert member.ids == play.due(member)
        assert not member.socket.is_slow
    event(f"{min(len(hall.inside), 3)} listeners at the end")
    for member in list(hall.inside):
        hall.leave(member)
    assert hall.rooms._rooms == {}
    assert hall.bus._listeners == []


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_after_a_look_everyone_was_told_everything_once_in_order(
    scene: Scene, caplog: pytest.LogCaptureFixture, steps: list[tuple[str, str | int | None]]
) -> None:
    """Notices get lost, doubled, late and out of order, and the store fails in between."""
    caplog.set_level(logging.ERROR, logger="openparticipant")
    asyncio.run(_play(scene, steps))


async def test_item_that_came_without_content_is_read_from_the_store(scene: Scene) -> None:
    """At once, not at the next look; one that is known already is not."""
    hall = Hall(scene, await scene.customer())
    member = await hall.enter()
    assert member is not None
    item = await scene.say(hall.caller)
    for _ in range(2):
        hall.bus.publish(Advanced(item.contact_id, item.ordinal))
        room, _ = hall.rooms._rooms[item.contact_id]
        if room._catching_up is not None:
            await asyncio.wait([room._catching_up])
    await member.socket._outbox.flush()
    assert member.ids == [item.id]


async def test_long_gap_is_caught_up_without_losing_who_reads(scene: Scene) -> None:
    """What a socket may have waiting is less than a room may have missed."""
    caller = await scene.customer()
    hall = Hall(scene, caller)
    member = await hall.enter()
    assert member is not None
    content = "x" * 16_000
    said = await asyncio.gather(*(scene.say(caller, content) for _ in range(600)))
    await hall.look()
    assert not member.socket.is_slow
    assert member.ids == [item.id for item in sorted(said, key=lambda item: item.ordinal)]


async def test_end_is_told_to_who_left_and_nothing_else(scene: Scene) -> None:
    """Also where all of it comes from the store, because the bus lost it."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    for is_told in (True, False):
        hall = Hall(scene, customer, parting=0.05)
        ours, theirs = await hall.enter(), await hall.enter(agent)
        assert ours is not None
        assert theirs is not None
        items = [*await _leave(scene, agent), await scene.say(customer)]
        items += await _leave(scene, customer)
        for item in items if is_told else ():
            hall.bus.publish(item)
        await hall.look()
        left, message, gone, end = (item.id for item in items)
        assert ours.ids == [left, message, gone, end]
        assert theirs.ids == [left, end]
        assert [await ours.ended_with, await theirs.ended_with] == [1000, 1000]
        customer = await scene.customer()
        agent = await scene.join(customer.contact_id)


async def _leave(scene: Scene, caller: Caller) -> list[TranscriptItem]:
    items = await scene.store.disconnect(caller, scene.ids.uuid(), now=scene.now)
    assert items[0].content_type == EventType.LEFT
    return items
