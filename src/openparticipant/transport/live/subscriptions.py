"""Who listens, and who will as soon as the store is back."""

from __future__ import annotations

import asyncio
import logging
from typing import Literal

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
    answer asks a few times more and takes a late one, so while the store is away none is given. It is
    in its room meanwhile: what is said before its answer comes is kept for it.
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
        if socket in self._rooms:
            _answer(socket, "success")
            return
        try:
            await self._listen(socket)
        except Unavailable:
            # It begins anew by itself; the places of those who wait are for requests.
            with allowing(0):
                self._late[socket] = asyncio.create_task(self._listen_late(socket))

    def end(self, socket: Socket) -> None:
        """Let a socket listen no more; one that does not is left alone."""
        # Not left to the task: one that is cancelled before it began runs no line of its own.
        if (late := self._late.pop(socket, None)) is not None:
            late.cancel()
        self._rooms.leave(socket)

    async def _listen_late(self, socket: Socket) -> None:
        while True:
            await self._ports.clock.sleep(_AGAIN)
            try:
                await self._listen(socket)
            except Unavailable:
                continue
            except Exception:  # noqa: BLE001 - whatever it is, no socket may stay deaf
                _log.exception("a socket of contact %s cannot listen", socket.caller.contact_id)
                socket.end(FAULT, "the server failed")
            del self._late[socket]
            return

    async def _listen(self, socket: Socket) -> None:
        """Raise Unavailable; the client is told of a refusal, and of success."""
        ports, caller = self._ports, socket.caller
        try:
            await self._rooms.enter(socket)
            joined = await ports.store.join(caller, ports.ids.uuid(), now=ports.clock.now())
        except ServiceError:
            self._rooms.leave(socket)
            _answer(socket, "failure")
            socket.end(NOT_WELCOME, "the participation has ended")
            return
        _answer(socket, "success")
        if joined is not None:
            ports.bus.publish(joined)


def _answer(socket: Socket, status: Literal["success", "failure"]) -> None:
    socket.tell(frames.subscription(frames.SUBSCRIBE, status, [frames.CHAT]))
