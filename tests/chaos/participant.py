"""One side of a chat: its socket, which comes back whenever it is lost, and its calls."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from tests.chaos.service import Service

_SUBSCRIBE = '{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}'
_HEARTBEAT = '{"topic":"aws/heartbeat"}'
_BEAT = 10.0  # seconds, as browsers do
_OPENING = 30.0


class Participant:
    """Whoever has a participant token; `heard` are the ids of what came over its sockets."""

    def __init__(self, service: Service, participant_token: str) -> None:
        self._service = service
        self._participant_token = participant_token
        self._here = asyncio.Event()
        self.connection_token = ""
        self.heard: set[str] = set()
        self.sockets = 0

    async def stay(self) -> None:
        """Come, listen, and come again, until cancelled."""
        while True:
            wanted = {"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]}
            given = await self._service.call("connection", self._participant_token, wanted)
            self.connection_token = given["ConnectionCredentials"]["ConnectionToken"]
            try:
                await self._listen(given["Websocket"]["Url"])
            except (aiohttp.ClientError, OSError, TimeoutError):
                # No answer, or none in time: browsers ask for another URL and go there.
                await asyncio.sleep(0.1)
            finally:
                self._here.clear()

    async def call(self, path: str, body: Any, *expected: int) -> Any:
        """Call an operation as this participant, as soon as it has a connection."""
        while not self.connection_token:
            await self._here.wait()
        return await self._service.call(path, self.connection_token, body, *expected)

    async def is_here(self) -> None:
        """Return once a socket is open and subscribed."""
        await self._here.wait()

    async def _listen(self, url: str) -> None:
        async with asyncio.timeout(_OPENING):
            socket = await self._service.session.ws_connect(url)
        try:
            await socket.send_str(_SUBSCRIBE)
            was_heard_of = True
            while True:
                try:
                    async with asyncio.timeout(_BEAT):
                        message = await socket.receive()
                except TimeoutError:
                    if not was_heard_of:
                        return  # not even a heartbeat was answered
                    was_heard_of = False
                    await socket.send_str(_HEARTBEAT)
                    continue
                was_heard_of = True
                if message.type is not aiohttp.WSMsgType.TEXT:
                    return
                self._hear(json.loads(message.data))
        finally:
            socket._response.close()  # also where nobody answers a farewell

    def _hear(self, frame: dict[str, Any]) -> None:
        if frame.get("topic") == "aws/chat":
            self.heard.add(json.loads(frame["content"])["Id"])
        elif frame.get("topic") == "aws/subscribe" and not self._here.is_set():
            self.sockets += 1
            self._here.set()
