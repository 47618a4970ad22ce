"""All rooms of this node."""

from __future__ import annotations

import logging
from collections.abc import Callable

from openparticipant.domain.transcript import Notice
from openparticipant.errors import Unavailable
from openparticipant.ports import Bus, Clock, ContactStore
from openparticipant.transport.live.room import Room
from openparticipant.transport.live.socket import Socket

_LOOK = 1_000  # milliseconds between two looks at how far each contact has come

_log = logging.getLogger(__name__)


class Rooms:
    """Sends sockets to the room of their contact; a room is there while somebody is in it."""

    def __init__(
        self,
        store: ContactStore,
        bus: Bus,
        clock: Clock,
        told: Callable[[Notice, int], None],
        parting: float,
    ) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._told = told
        self._parting = parting
        self._rooms: dict[str, tuple[Room, Callable[[], None]]] = {}

    def __contains__(self, socket: Socket) -> bool:
        """Tell whether a socket is told of its contact now."""
        room, _ = self._rooms.get(socket.caller.contact_id, (None, None))
        return room is not None and socket in room.members

    async def enter(self, socket: Socket) -> None:
        """Tell a socket of everything in its contact from now on.

        Raises Unavailable if that begins later: with the next who enters the room, or with this one
        again. The socket is in its room until it leaves.
        """
        contact_id = socket.caller.contact_id
        if contact_id not in self._rooms:
            seq = socket.caller.contact_seq
            room = Room(contact_id, seq, self._store, self._told, self._parting)
            self._rooms[contact_id] = room, self._bus.listen(contact_id, room.hear)
        room, _ = self._rooms[contact_id]
        room.members.add(socket)
        if room.head is None:
            await room.open()

    def leave(self, socket: Socket) -> None:
        """Tell a socket nothing more; one that is in no room is left alone."""
        contact_id = socket.caller.contact_id
        room, deafen = self._rooms.get(contact_id, (None, None))
        if room is None or deafen is None:
            return
        room.members.discard(socket)
        if not room.members:
            del self._rooms[contact_id]
            deafen()
            room.close()

    async def watch(self) -> None:
        """Look once a second whether any contact has come further than its room, until cancelled."""
        late = False
        while True:
            await self._clock.sleep(_LOOK)
            try:
                await self.look()
                late = False
            except Unavailable as error:
                if not late:  # once an outage, not once a second
                    _log.warning("listeners may hear late: %s", error)
                late = True
            except Exception:  # noqa: BLE001 - no fault may end the watch
                _log.exception("listeners may hear late")

    async def look(self) -> None:
        """Bring every room up to where its contact stands in the store. Raises Unavailable."""
        rooms = {room.contact_seq: room for room, _ in self._rooms.values()}
        for contact_seq, head in (await self._store.heads(rooms)).items():
            room = rooms[contact_seq]
            if room.head is not None and head > room.head:
                room.catch_up()
