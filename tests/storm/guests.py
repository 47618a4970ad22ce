"""Clients of a chat that come back at once whenever their socket is lost, as browser clients do."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from openparticipant.testing.raw_http import Answer, CutOffError, Wire

_SUBSCRIBE = '{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}'
_PATIENCE = 60.0


async def call(origin: str, path: str, bearer: str, body: Any) -> Answer:
    """Call an operation of the participant plane, on a connection of its own."""
    content = json.dumps(body).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Amz-Bearer": bearer,
        "Content-Length": str(len(content)),
    }
    wire = await Wire.open(origin)
    try:
        await wire.head("POST", f"{origin}/participant/{path}", headers)
        await wire.send(content)
        return await wire.answer()
    finally:
        await wire.close()


@dataclass(eq=False)
class Guest:
    """One participant with one socket; `trouble` is all that would have ended a browser's session."""

    origin: str
    participant_token: str
    connection_token: str = ""
    trouble: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    is_here: bool = False
    socket: ClientConnection | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once `holds` does, or something went wrong."""
        while not (holds() or self.trouble):
            self._news.clear()
            await self._news.wait()

    async def stay(self) -> None:
        """Come, listen, and come again, until cancelled or in trouble."""
        while not self.trouble:
            await self._come()
            self._news.set()
            with contextlib.suppress(ConnectionClosed):
                while self.is_here and self.socket is not None:
                    self._hear(json.loads(await self.socket.recv()))
            self.is_here = False

    def drop(self) -> None:
        """Lose the network."""
        assert self.socket is not None
        self.is_here = False
        self.socket.transport.abort()

    async def _come(self) -> None:
        """Ask for a URL, open it and subscribe; what goes wrong is noted, never tried again."""
        try:
            async with asyncio.timeout(_PATIENCE):
                wanted = {"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]}
                answer = await call(self.origin, "connection", self.participant_token, wanted)
                if answer.status != 200:
                    self.trouble.append(f"{answer.status} for a connection")
                    return
                given = json.loads(answer.body)
                self.connection_token = given["ConnectionCredentials"]["ConnectionToken"]
                self.socket = await connect(
                    given["Websocket"]["Url"],
                    compression=None,
                    ping_interval=None,
                    open_timeout=None,
                    proxy=None,
                )
                await self.socket.send(_SUBSCRIBE)
                while (frame := json.loads(await self.socket.recv()))["topic"] == "aws/chat":
                    self._hear(frame)
                if frame["content"]["status"] != "success":
                    self.trouble.append("no subscription")
        except ConnectionClosed:
            return  # the server ends in order, and is back soon
        except (OSError, CutOffError, InvalidHandshake, TimeoutError) as error:
            self.trouble.append(f"{type(error).__name__}: {error}")
            return
        self.is_here = True

    def _hear(self, frame: dict[str, Any]) -> None:
        if frame.get("topic") == "aws/chat":
            self.heard.append(json.loads(frame["content"])["Id"])
            self._news.set()


@dataclass(eq=False)
class Talker:
    """Says one thing after the other in a chat, and keeps the ids that were acknowledged."""

    guest: Guest
    said: list[str] = field(default_factory=list)

    async def talk(self) -> None:
        """Go on until cancelled; a connection that ends without an answer is tried again."""
        number = 0
        while True:
            body = {
                "ContentType": "text/plain",
                "Content": str(number),
                "ClientToken": str(number),
            }
            try:
                answer = await call(self.guest.origin, "message", self.guest.connection_token, body)
            except (OSError, CutOffError, TimeoutError):
                continue
            if answer.status != 200:
                self.guest.trouble.append(f"{answer.status} for a message")
                return
            self.said.append(json.loads(answer.body)["Id"])
            number += 1
