"""Whoever asks to listen while the store is away listens later, and misses nothing by that."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from openparticipant.bootstrap import watched
from openparticipant.domain.connection import Caller
from openparticipant.domain.transcript import EventType, TranscriptItem
from openparticipant.errors import Unavailable
from openparticipant.limits import SECOND
from openparticipant.ports import Ports
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.ids import SerialIds
from openparticipant.testing.store_contract.scene import Scene
from openparticipant.transport.live.socket import FAULT
from openparticipant.transport.live.subscriptions import Subscriptions
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.patience import ORDINARY, Patience
from tests.transport.live.hall import Hall, Member, WeakStore

_TURNS = 50  # of the event loop; a try takes far fewer
_BOUND = 20  # seconds; a busy machine, not a slow store
_LOOK = 50  # milliseconds between two looks of those who wait


class FullStore(WeakStore):
    """A whole store in which nobody can join while it is full, or broken by a fault of ours."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.is_full = False
        self.is_broken = False

    def __getattr__(self, name: str) -> Any:
        """Return what does not fail here."""
        return getattr(self._scene.store, name)

    @property
    def trouble(self) -> str | None:
        """See `Engine`."""
        return "database: away" if self.is_down or self.is_full else None

    async def join(self, caller: Caller, item_id: str, *, now: int) -> TranscriptItem | None:
        """See `ContactStore`."""
        await self._stumble()
        if self.is_full:
            raise Unavailable("database: full", untouched=True)
        if self.is_broken:
            raise LookupError("broken")
        return await self._scene.store.join(caller, item_id, now=now)


class Desk:
    """One client who subscribes at a clock that the test moves, and others who say something."""

    def __init__(self, scene: Scene, caller: Caller) -> None:
        self.scene = scene
        self.clock = SettableClock()
        self.patience = Patience(self.clock)
        self.store = FullStore(scene)
        behind: Any = self.store
        held: Any = watched.store(behind, Metrics(), None, self.patience, self.store)
        self.hall = Hall(scene, caller, store=held)
        self.member = Member(caller)
        nothing: Any = None
        self.subscriptions = Subscriptions(
            Ports(self.clock, scene.ids, held, nothing, self.hall.bus, *[nothing] * 4),
            self.hall.rooms,
        )

    async def begin(self) -> None:
        """Let the client subscribe; what is held meanwhile gives up."""
        beginning = asyncio.create_task(self.subscriptions.begin(self.member.socket))
        for _ in range(ORDINARY // _LOOK):
            await self.settle()
            if not beginning.done():
                self.clock.advance(_LOOK)
        await beginning

    async def begin_late(self) -> None:
        """Let the client subscribe in vain, until it waits for its next try."""
        self.store.is_down = True
        await self.begin()
        await self.settle()

    def end(self) -> None:
        """Let it subscribe no more, or go."""
        self.subscriptions.end(self.member.socket)

    async def say(self, *, is_told: bool = True) -> str:
        """Say something; return its id."""
        item = await self.scene.say(self.hall.caller)
        if is_told:
            self.hall.bus.publish(item)
        return item.id

    async def second(self) -> None:
        """Let a second pass."""
        self.clock.advance(SECOND)
        await self.settle()

    async def answers(self, count: int) -> list[str]:
        """Return what the client was told of its subscriptions, once so many answers have come."""
        async with asyncio.timeout(_BOUND):
            while len(self.member.answers) < count:  # noqa: ASYNC110 - written by a task of its own
                await asyncio.sleep(0)
        await self.settle()
        return self.member.answers

    async def settle(self) -> None:
        """Let everybody do what there is to do now, but for the writes of the database's thread."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    @property
    def heard(self) -> list[str]:
        """The ids of the messages that the client was told, in order."""
        return [it["Id"] for it in self.member.frames if it["ContentType"] != EventType.JOINED]

    @property
    def is_forgotten(self) -> bool:
        """Whether nothing is left of the client."""
        return not (self.subscriptions._late or self.hall.rooms._rooms or self.hall.bus._listeners)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Return a real store for the module."""
    path: Path = tmp_path_factory.mktemp("subscriptions") / "db.sqlite3"
    with closing(SqliteDatabase(path)) as database:
        scene = Scene(_never)  # type: ignore[arg-type]
        scene.store = SqlContactStore(database, SerialIds())
        yield scene


def _never() -> None:
    raise AssertionError("this scene has one store, opened already")


@pytest.fixture(autouse=True)
def no_fault() -> None:
    """Let faults be logged, which elsewhere here nothing may."""


async def test_who_leaves_before_the_first_late_try_is_forgotten(scene: Scene) -> None:
    """Its end waits behind its subscription, so it comes before the late task has begun."""
    desk = Desk(scene, await scene.customer())
    desk.store.is_down = True
    beginning = asyncio.create_task(desk.subscriptions.begin(desk.member.socket))
    while desk.member.socket not in desk.subscriptions._late:
        desk.clock.advance(_LOOK)
        await asyncio.sleep(0)
    desk.end()  # in the same turn
    await beginning
    await desk.settle()
    assert desk.is_forgotten


async def test_who_leaves_later_is_forgotten(scene: Scene) -> None:
    """Whether between two tries or in one."""
    for is_in_a_try in (False, True):
        desk = Desk(scene, await scene.customer())
        await desk.begin_late()
        if is_in_a_try:
            desk.clock.advance(SECOND)
            await asyncio.sleep(0)
        desk.end()
        await desk.settle()
        assert desk.is_forgotten


@pytest.mark.parametrize("turns", range(8))
async def test_who_subscribes_anew_is_answered(scene: Scene, turns: int) -> None:
    """However far the try has come that its leaving ended, it listens."""
    desk = Desk(scene, await scene.customer())
    await desk.begin_late()
    desk.store.is_down = False
    desk.clock.advance(SECOND)
    for _ in range(turns):
        await asyncio.sleep(0)
    desk.end()
    before = len(desk.member.answers)
    await desk.subscriptions.begin(desk.member.socket)  # in the same turn
    assert set(await desk.answers(before + 1)) == {"success"}
    said = await desk.say()
    await desk.settle()
    assert desk.heard == [said]
    desk.end()
    assert desk.is_forgotten


async def test_a_fault_ends_a_socket_that_was_late(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """A deaf one would stay for ever; its client comes back, and the log tells why."""
    desk = Desk(scene, await scene.customer())
    await desk.begin_late()
    desk.store.is_down, desk.store.is_broken = False, True
    await desk.second()
    async with asyncio.timeout(_BOUND):
        assert await desk.member.ended_with == FAULT
    assert "cannot listen" in caplog.text
    desk.end()
    assert desk.is_forgotten


async def test_who_listens_may_subscribe_again(scene: Scene) -> None:
    """Also while nobody can join: it stays where it is, and is told what nobody heard of."""
    desk = Desk(scene, await scene.customer())
    await desk.begin()
    unheard = await desk.say(is_told=False)
    desk.store.is_full = True
    await desk.begin()
    assert await desk.answers(2) == ["success", "success"]
    await desk.hall.look()
    await desk.settle()
    assert desk.heard == [unheard]
    desk.end()


async def test_late_ones_leave_the_places_to_requests(scene: Scene) -> None:
    """Nobody waits for their tries, on a full disk as little as without a database."""
    for is_full in (True, False):
        desk = Desk(scene, await scene.customer())
        desk.store.is_full, desk.store.is_down = is_full, not is_full
        await desk.begin()
        for _ in range(3):
            await desk.second()
            assert desk.member.socket in desk.subscriptions._late
            assert desk.patience.held == 0
        desk.store.is_full = desk.store.is_down = False
        await desk.second()
        assert await desk.answers(1) == ["success"]
        desk.end()


async def test_late_ones_are_told_what_was_said_before_their_answer(scene: Scene) -> None:
    """Who was held goes on at once when the store is back, before a late one tries again."""
    desk = Desk(scene, await scene.customer())
    await desk.say()
    await desk.begin_late()
    desk.store.is_down = False
    said = [await desk.say(), await desk.say(), await desk.say(is_told=False)]
    assert desk.member.answers == []
    await desk.second()
    assert await desk.answers(1) == ["success"]
    assert desk.heard == said
    desk.end()
