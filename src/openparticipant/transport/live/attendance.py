"""All sockets of this node: who may open one more, and how they end together."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator

from openparticipant.errors import AccessDeniedException
from openparticipant.limits import WEBSOCKET_SILENCE, WEBSOCKETS_PER_PARTICIPANT
from openparticipant.transport.live.socket import GOING_AWAY, NOT_WELCOME, Socket

_BETWEEN = 0.005  # seconds between two sockets that are closed as the server drains
_LONGEST = 10.0  # seconds that closing all of them may take


class Attendance:
    """Which sockets are open, by participant."""

    def __init__(self) -> None:
        self._sockets: dict[str, list[Socket]] = {}

    def __iter__(self) -> Iterator[Socket]:
        for sockets in self._sockets.values():
            yield from sockets

    def admit(self, socket: Socket, *, now: int) -> None:
        """Take a socket in, in the place of one that has long been silent if there are too many.

        Raises AccessDeniedException where all are alive: to close one of those would make its
        client come back at once, and close the next.
        """
        others = self._sockets.get(socket.caller.participant_id, [])
        if len(others) >= WEBSOCKETS_PER_PARTICIPANT:
            quietest = min(others, key=lambda each: each.heard_at)
            if now - quietest.heard_at < WEBSOCKET_SILENCE:
                raise AccessDeniedException(
                    reason=f"the participant has {WEBSOCKETS_PER_PARTICIPANT} live sockets"
                )
            self.dismiss(quietest)
            quietest.end(NOT_WELCOME, "silent, and others of the participant need its place")
        self._sockets.setdefault(socket.caller.participant_id, []).append(socket)

    def dismiss(self, socket: Socket) -> None:
        """Count a socket no more; one that is not here is left alone."""
        participant_id = socket.caller.participant_id
        sockets = self._sockets.get(participant_id, [])
        if socket in sockets:
            sockets.remove(socket)
            if not sockets:
                del self._sockets[participant_id]

    async def farewell(self) -> None:
        """Close the sockets one after another, so that their clients do not all come back at once."""
        sockets = list(self)
        random.shuffle(sockets)
        for socket in sockets:
            socket.end(GOING_AWAY, "the server restarts")
            await asyncio.sleep(min(_BETWEEN, _LONGEST / len(sockets)))
