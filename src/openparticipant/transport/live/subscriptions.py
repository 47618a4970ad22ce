"""Who listens, and who will as soon as the store is back."""

from __future__ import annotations

import asyncio
import logging

from openparticipant.errors import ServiceError, Unavailable
from openparticipant.ports import Ports
from openparticipant.transport.live.rooms import Rooms
from openparticipant.transport.live.socket import FAULT, NOT_WELCOME, Socket
from openparticipant.transport.patience import allowing
from openparticipant.wire import frames

_AGAIN = 1_000  # milliseconds between two tries to let a socket listen

_log = logging.getLogger(__name__)


class Subscriptions:
    """Lets sockets into the rooms of their contacts.

    A client that is refused a few times stays, and listens to nothing for ever. One that gets no
    answer asks a few times more and takes a late one, so while the store is away none is given.
    """

    def __init__(self, ports: Ports, rooms: Rooms) -> None:
        self._ports = ports
        self._rooms = rooms
        self._late: dict[Socket, asyncio.Task[None]] = {}

    def __contains__(self, socket: Socket) -> bool:
        """Tell whether a socket is told of its contact, or will be."""
        return socket in self._late or socket in self._rooms

    async def begin(self, socket: Socket) -> None:
        """Let a socket listen, now or later; the first of its participant tells the others."""
        if socket in self._late:
            return
        if socket in self._rooms:  # asked again; to leave the room could miss what is said now
            self._confirm(socket)
            return
        try:
            await self._listen(socket)
        except Unavailable:
            self._late[socket] = asyncio.create_task(self._listen_late(socket))

    def end(self, socket: Socket) -> None:
        """Let a socket listen no more; one that does not is left alone."""
        late = self._late.pop(socket, None)
        if late is not None:
            late.cancel()
        self._rooms.leave(socket)

    async def _listen_late(self, socket: Socket) -> None:
        # It knocks by itself, and takes nobody's place among those who wait.
        with allowing(0):
            await self._ports.clock.sleep(_AGAIN)
            while not await self._listens(socket):
                await self._ports.clock.sleep(_AGAIN)
        del self._late[socket]

    async def _listens(self, socket: Socket) -> bool:
        """Tell whether a try was the last one."""
        try:
            await self._listen(socket)
        except Unavailable:
            return False
        except Exception:  # noqa: BLE001 - whatever it is, the client may come again
            _log.exception("a socket cannot listen")
            socket.end(FAULT, "the server failed")
        return True

    async def _listen(self, socket: Socket) -> None:
        """Raise Unavailable; whatever else comes of it, the client is told."""
        ports, caller = self._ports, socket.caller
        try:
            await self._rooms.enter(socket)
            joined = await ports.store.join(caller, ports.ids.uuid(), now=ports.clock.now())
        except Unavailable:
            self._rooms.leave(socket)
            raise
        except ServiceError:
            self._rooms.leave(socket)
            socket.tell(frames.subscription(frames.SUBSCRIBE, "failure", [frames.CHAT]))
            socket.end(NOT_WELCOME, "the participation has ended")
            return
        self._confirm(socket)
        if joined is not None:
            ports.bus.publish(joined)

    def _confirm(self, socket: Socket) -> None:
        socket.tell(frames.subscription(frames.SUBSCRIBE, "success", [frames.CHAT]))
