"""Who subscribes while the store is away is let in later, once, and whoever leaves meanwhile is gone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from openparticipant.domain.connection import Caller
from openparticipant.domain.transcript import TranscriptItem
from openparticipant.ports import Ports
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.store_contract.scene import Scene
from openparticipant.transport.live.rooms import Rooms
from openparticipant.transport.live.socket import FAULT, Socket
from openparticipant.transport.live.subscriptions import Subscriptions
from tests.transport.live.hall import WeakStore, WildBus

_SECOND = 1_000
_PATIENCE = 20  # seconds; a busy machine


@pytest.fixture
def no_fault() -> None:
    """Let a subscription complain of a fault, which elsewhere here nothing may."""


class Store(WeakStore):
    """A store that fails while it is down, or in a way that nobody thought of."""

    fault: Exception | None = None

    async def join(self, caller: Caller, item_id: str, *, now: int) -> TranscriptItem | None:
        """See `ContactStore`."""
        await self._stumble()
        if self.fault is not None:
            raise self.fault
        return await self._scene.store.join(caller, item_id, now=now)


class House:
    """Subscriptions of one contact, at a clock that the test moves."""

    def __init__(self, scene: Scene, caller: Caller) -> None:
        self._caller = caller
        self._scene = scene
        self.clock = SettableClock(scene.now)
        self.store = Store(scene)
        self.bus = WildBus()
        store: Any = self.store
        nothing: Any = None
        ports = Ports(self.clock, scene.ids, store, nothing, self.bus, nothing, nothing)
        self.rooms = Rooms(store, self.bus, self.clock, lambda *_: None, 0)
        self.subscriptions = Subscriptions(ports, self.rooms)

    def guest(self) -> Guest:
        """Open a socket."""
        return Guest(self._caller)

    async def say(self) -> TranscriptItem:
        """Let somebody say something of which only the store knows yet."""
        return await self._scene.say(self._caller)

    async def pass_time(self) -> None:
        """Let a second pass, and everybody do what there is to do then."""
        for _ in range(20):
            await asyncio.sleep(0)
        self.clock.advance(_SECOND)
        for _ in range(20):
            await asyncio.sleep(0)


async def until(holds: Callable[[], bool]) -> None:
    """Return once the store, which works in a thread, has brought this about."""
    async with asyncio.timeout(_PATIENCE):
        while not holds():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)


class Guest:
    """A socket, and what its client was told."""

    def __init__(self, caller: Caller) -> None:
        self.frames: list[str] = []
        self.closed_with: int | None = None
        self.socket = Socket(
            caller, send=self._write, close=self._close, hang_up=lambda: None, now=0
        )

    async def _write(self, frame: str) -> None:
        self.frames.append(frame)

    async def _close(self, code: int, reason: str) -> None:
        del reason
        self.closed_with = code

    @property
    def answers(self) -> list[str]:
        """How each of its subscriptions was answered."""
        found = [json.loads(frame) for frame in self.frames]
        return [it["content"]["status"] for it in found if it["topic"] == "aws/subscribe"]


@asynccontextmanager
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Open a contact in a real store."""
    with closing(SqliteDatabase(tmp_path / "database")) as database:
        scene = Scene(lambda: None)  # type: ignore[arg-type, return-value]
        scene.store = SqlContactStore(database, scene.ids)
        yield House(scene, await scene.customer())


async def test_who_comes_too_early_is_let_in_later(tmp_path: Path) -> None:
    """The answer is one, and comes when the store is back."""
    async with house(tmp_path) as here:
        guest = here.guest()
        here.store.is_down = True
        await here.subscriptions.begin(guest.socket)
        await here.subscriptions.begin(guest.socket)
        await here.pass_time()
        assert guest.answers == []
        here.store.is_down = False
        await here.pass_time()

        await until(lambda: bool(guest.answers))
        assert guest.answers == ["success"]
        assert guest.socket in here.rooms
        here.subscriptions.end(guest.socket)
        assert here.bus._listeners == []


async def test_who_leaves_before_is_forgotten(tmp_path: Path) -> None:
    """Also at the very moment when it was put off: nothing is left of it, and nobody tries again."""
    async with house(tmp_path) as here:
        guest = here.guest()
        here.store.is_down = True
        await here.subscriptions.begin(guest.socket)
        here.subscriptions.end(guest.socket)
        await here.pass_time()

        assert guest.socket not in here.subscriptions
        here.store.is_down = False
        await here.pass_time()
        assert guest.answers == []
        assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_who_asks_anew_is_heard(tmp_path: Path) -> None:
    """To stop listening and to begin again, while neither can be done, comes to listening."""
    async with house(tmp_path) as here:
        guest = here.guest()
        here.store.is_down = True
        await here.subscriptions.begin(guest.socket)
        await here.pass_time()
        here.subscriptions.end(guest.socket)
        await here.subscriptions.begin(guest.socket)
        here.store.is_down = False
        await here.pass_time()

        await until(lambda: bool(guest.answers))
        assert guest.answers == ["success"]
        assert guest.socket in here.rooms
        here.subscriptions.end(guest.socket)


async def test_who_asks_twice_misses_nothing(tmp_path: Path) -> None:
    """A second subscription is confirmed without the store, whose items are still to be told."""
    async with house(tmp_path) as here:
        guest = here.guest()
        await here.subscriptions.begin(guest.socket)
        said = await here.say()
        here.store.is_down = True
        await here.subscriptions.begin(guest.socket)
        here.store.is_down = False
        await here.rooms.look()
        await here.pass_time()

        assert guest.answers == ["success", "success"]
        await until(lambda: any(said.id in frame for frame in guest.frames))
        here.subscriptions.end(guest.socket)


async def test_a_fault_ends_the_socket(tmp_path: Path) -> None:
    """Its client comes again; one that is only never answered would wait for ever."""
    async with house(tmp_path) as here:
        guest = here.guest()
        here.store.is_down = True
        await here.subscriptions.begin(guest.socket)
        here.store.is_down = False
        here.store.fault = RuntimeError("nobody thought of this")
        await here.pass_time()

        await until(lambda: guest.closed_with == FAULT)
        here.subscriptions.end(guest.socket)
