"""Rooms over a real store, with a bus and a database that misbehave as a test tells them."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from openparticipant.domain.connection import Caller
from openparticipant.domain.transcript import Hint, TranscriptItem
from openparticipant.errors import Unavailable
from openparticipant.system import SystemClock
from openparticipant.testing.store_contract.scene import Scene
from openparticipant.transport.live.rooms import Rooms
from openparticipant.transport.live.socket import Socket


class WildBus:
    """`Bus` that brings nothing by itself."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[Hint], None]] = []

    def publish(self, notice: Hint) -> None:
        """See `Bus`."""
        for hear in tuple(self._listeners):
            hear(notice)

    def listen(self, contact_id: str, hear: Callable[[Hint], None]) -> Callable[[], None]:
        """See `Bus`; there is one contact here."""
        del contact_id
        self._listeners.append(hear)
        return lambda: self._listeners.remove(hear)


class WeakStore:
    """What rooms use of a store, which fails while `is_down`."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.is_down = False

    async def heads(self, contact_seqs: Iterable[int]) -> dict[int, int]:
        """See `ContactStore`."""
        await self._stumble()
        return await self._scene.store.heads(contact_seqs)

    async def items(self, contact_id: str, *, after: int, limit: int) -> list[TranscriptItem]:
        """See `ContactStore`."""
        await self._stumble()
        found = await self._scene.store.items(contact_id, after=after, limit=limit)
        await self._stumble()
        return found

    async def _stumble(self) -> None:
        await asyncio.sleep(0)  # as any database but SQLite would
        if self.is_down:
            raise Unavailable("database: down", untouched=True)


class Member:
    """One socket and what its client was told, item by item."""

    def __init__(self, caller: Caller) -> None:
        self.frames: list[dict[str, Any]] = []
        self.answers: list[str] = []  # to its subscriptions
        self.ended_with = asyncio.get_running_loop().create_future()
        self.since = 0
        self.socket = Socket(
            caller, send=self._write, close=self._close, hang_up=lambda: None, now=0
        )

    async def _write(self, frame: str) -> None:
        content = json.loads(frame)["content"]
        if isinstance(content, str):
            self.frames.append(json.loads(content))
        else:
            self.answers.append(content["status"])

    async def _close(self, code: int, reason: str) -> None:
        del reason
        self.ended_with.set_result(code)

    @property
    def ids(self) -> list[str]:
        """The ids of what was told, in order."""
        return [frame["Id"] for frame in self.frames]


class Hall:
    """One contact, its rooms and whoever is in them."""

    def __init__(
        self, scene: Scene, caller: Caller, parting: float = 0, store: WeakStore | None = None
    ) -> None:
        self.scene = scene
        self.caller = caller
        self.bus = WildBus()
        self.store = store or WeakStore(scene)
        behind: Any = self.store
        self.rooms = Rooms(behind, self.bus, SystemClock(), lambda *_: None, parting)
        self.inside: list[Member] = []

    async def enter(self, caller: Caller | None = None) -> Member | None:
        """Let a socket in, if the store is up."""
        member = Member(caller or self.caller)
        try:
            await self.rooms.enter(member.socket)
        except Unavailable:
            self.rooms.leave(member.socket)
            return None
        room, _ = self.rooms._rooms[self.caller.contact_id]
        assert room.head is not None
        member.since = room.head
        self.inside.append(member)
        return member

    def leave(self, member: Member) -> None:
        """Let a socket go."""
        self.rooms.leave(member.socket)
        self.inside.remove(member)

    async def look(self) -> None:
        """Look once, and let everything come to rest; a store that is down is no fault."""
        with contextlib.suppress(Unavailable):
            await self.rooms.look()
        for room, _ in self.rooms._rooms.values():
            if room._catching_up is not None:
                await asyncio.wait([room._catching_up])
        for member in self.inside:
            await member.socket._outbox.flush()
