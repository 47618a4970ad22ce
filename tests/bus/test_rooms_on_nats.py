"""Two nodes on one store: whoever listens is told every item once, whatever becomes of NATS."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import pytest

from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.system import SystemClock
from openparticipant.testing.store_contract.scene import Scene
from openparticipant.transport.live.rooms import Rooms
from tests.bus.mangling import mangled
from tests.bus.nodes import CountingBus, settle, until
from tests.engines.nats import NatsServer
from tests.transport.live.hall import Member


class Chat:
    """One contact with a listener on each of two nodes."""

    def __init__(self, scene: Scene, buses: list[CountingBus]) -> None:
        self.scene = scene
        self.buses = buses
        self.rooms = [
            Rooms(scene.store, bus, SystemClock(), lambda *_: None, parting=0) for bus in buses
        ]
        self.members: list[Member] = []
        self.said: list[str] = []

    async def begin(self) -> None:
        """Let both listeners in."""
        self.caller = await self.scene.customer()
        for rooms in self.rooms:
            member = Member(self.caller)
            await rooms.enter(member.socket)
            self.members.append(member)
        await settle(*self.buses)

    async def say(self, count: int) -> None:
        """Say something on either node in turn."""
        for number in range(count):
            item = await self.scene.say(self.caller)
            self.said.append(item.id)
            self.buses[number % 2].publish(item)

    async def all_heard(self) -> None:
        """Check that both heard everything once and in order, after a look at the store."""
        for rooms in self.rooms:
            await rooms.look()
        await until(lambda: all(len(member.ids) >= len(self.said) for member in self.members))
        assert [member.ids for member in self.members] == [self.said, self.said]

    def end(self) -> None:
        """Let both listeners go."""
        for rooms, member in zip(self.rooms, self.members, strict=True):
            rooms.leave(member.socket)
            member.socket.gone()


@asynccontextmanager
async def chat(path: Path, *urls: str) -> AsyncIterator[Chat]:
    """Return a chat on a real store, with a node for each address of NATS."""
    async with AsyncExitStack() as stack:
        database = stack.enter_context(closing(SqliteDatabase(path / "database")))
        scene = Scene(_never)  # type: ignore[arg-type]
        scene.store = SqlContactStore(database, scene.ids)
        buses = [CountingBus(url) for url in urls]
        for bus in buses:
            await bus.open()
            stack.push_async_callback(bus.close)
        chat = Chat(scene, buses)
        await chat.begin()
        try:
            yield chat
        finally:
            chat.end()


def _never() -> None:
    raise AssertionError("this scene has one store, opened already")


@pytest.mark.parametrize("seed", range(5))
async def test_a_lossy_line_is_made_up_for(nats: str, seed: int, tmp_path: Path) -> None:
    """Notices are lost, doubled and late on the way to one node, and nobody notices."""
    async with mangled(nats, seed) as (url, mangler), chat(tmp_path, nats, url) as one:
        await one.say(60)
        await one.all_heard()

        assert min(mangler.fates.values()) > 0


async def kill(server: NatsServer, one: Chat) -> None:
    server.kill()
    await one.say(10)
    await until(lambda: all(bus.trouble for bus in one.buses))
    await one.say(10)
    await one.all_heard()
    server.start()


async def freeze(server: NatsServer, one: Chat) -> None:
    server.freeze()
    await one.say(10)
    await one.all_heard()
    await until(lambda: all(bus.trouble for bus in one.buses))
    await one.say(10)
    await one.all_heard()
    server.thaw()


async def freeze_shortly(server: NatsServer, one: Chat) -> None:
    server.freeze()
    await one.say(10)
    server.thaw()


@pytest.mark.parametrize("harm", [kill, freeze, freeze_shortly])
async def test_a_nats_that_fails_is_made_up_for(
    harm: Callable[[NatsServer, Chat], Awaitable[None]], tmp_path: Path
) -> None:
    """Everything said meanwhile comes with the next look, and nothing comes twice afterwards."""
    with NatsServer(tmp_path) as server:
        async with chat(tmp_path, server.url, server.url) as one:
            await one.say(10)
            await one.all_heard()
            await harm(server, one)
            await until(lambda: not any(bus.trouble for bus in one.buses))
            await one.say(10)
            await one.all_heard()
