"""A participant's open WebSocket, for tests of what listeners get."""

from __future__ import annotations

import json
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

_PATIENCE = 10.0  # seconds


class Listener:
    """One connection to the URL of a CreateParticipantConnection, subscribed by `subscribe`."""

    def __init__(self, url: str, origin: str | None = None) -> None:
        """Shake hands; raises `websockets.exceptions.InvalidStatus` where that is refused."""
        self._open = ExitStack()
        self._connection = self._open.enter_context(
            connect(
                url,
                origin=Origin(origin) if origin else None,
                compression=None,
                proxy=None,
                open_timeout=_PATIENCE,
            )
        )

    def __enter__(self) -> Self:
        """Return the listener."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up."""
        self._open.close()

    def subscribe(self) -> dict[str, Any]:
        """Ask for the chat's items, as clients do when the socket opens; return the answer."""
        return self.ask({"topic": "aws/subscribe", "content": {"topics": ["aws/chat"]}})

    def ask(self, frame: Any) -> dict[str, Any]:
        """Send a frame, JSON or a text as it is, and return the next one that is no chat item."""
        self.send(frame)
        while True:
            answer = self.receive()
            if answer.get("topic") != "aws/chat":
                return answer

    def send(self, frame: Any) -> None:
        """Send a frame: text or bytes as they are, anything else as JSON."""
        as_it_is = isinstance(frame, str | bytes)
        self._connection.send(frame if as_it_is else json.dumps(frame))

    def receive(self, patience: float = _PATIENCE) -> dict[str, Any]:
        """Return the next frame; raises TimeoutError after `patience` seconds."""
        frame: dict[str, Any] = json.loads(self._connection.recv(timeout=patience))
        return frame

    def item(self, patience: float = _PATIENCE) -> dict[str, Any]:
        """Return the next chat item; frames of other topics are passed over."""
        while True:
            frame = self.receive(patience)
            if frame.get("topic") == "aws/chat":
                item: dict[str, Any] = json.loads(frame["content"])
                return item

    def end(self) -> tuple[int | None, list[dict[str, Any]]]:
        """Return the code that the server closes with, and the chat items that come before."""
        items: list[dict[str, Any]] = []
        try:
            while True:
                items.append(self.item())
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None, items
