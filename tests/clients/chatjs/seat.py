"""One participant before a browser, with chatjs on the page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, WebSocket

REGION = "us-east-1"
EVENT = "application/vnd.amazonaws.connect.event."
_HEARTBEAT = '{"topic":"aws/heartbeat"}'
_OFTEN = 20  # milliseconds between two looks at what a page has seen


class Refused(Exception):  # noqa: N818 - what the promise of a call does
    """A call's promise was rejected, with `error`."""

    def __init__(self, error: Any) -> None:
        super().__init__(error)
        self.error = error


@dataclass
class Seat:
    """A page with a session; `calls` and `frames` are what left it, in order.

    Neither grows but while something is awaited.
    """

    page: Page
    role: str
    hosts: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    sockets: list[WebSocket] = field(default_factory=list)

    def enter(self, site: str, endpoint: str, chat: Mapping[str, str]) -> None:
        """Open the page and connect."""
        self.enter_in_vain(site, endpoint, chat)
        self.saw("onConnectionEstablished")  # that the socket is open

    def enter_in_vain(self, site: str, endpoint: str, chat: Mapping[str, str]) -> None:
        """Open the page and connect; no socket has to open."""
        self.page.on("request", self._asked)
        self.page.on("websocket", self._opened)
        self.page.goto(site)
        how = {"type": self.role, "endpoint": endpoint, "region": REGION, "chat": dict(chat)}
        self.page.evaluate("enter", how)
        self.saw("onConnectionEstablished")  # that the call was answered

    def do(self, method: str, argument: Any = None) -> Any:
        """Call the session and return what the promise resolves with; raises Refused."""
        return self._outcome("([method, argument]) => attempt(method, argument)", method, argument)

    def say(self, text: str) -> str:
        """Send a message and return its id."""
        answer = self.do("sendMessage", {"contentType": "text/plain", "message": text})
        item_id: str = answer["Id"]
        return item_id

    def tell(self, event: str, **content: Any) -> Any:
        """Send an event: `typing`, or with `messageId` a receipt."""
        given = {"content": json.dumps(content)} if content else {}
        return self.do("sendEvent", {"contentType": f"{EVENT}{event}", **given})

    def attach(self, file: Path) -> None:
        """Choose a file and send it; raises Refused."""
        self.page.set_input_files("input", file)
        self._outcome("() => attach()")

    def saw(self, callback: str, **members: Any) -> Any:
        """Wait for a callback whose data has these members; each is returned once."""
        found = self.page.wait_for_function(
            "([name, members]) => take(name, members)", arg=[callback, members], polling=_OFTEN
        )
        return found.json_value()["data"]

    def heard(self, text: str) -> Any:
        """Wait for a message."""
        return self.saw("onMessage", Content=text)

    def told(self, event: str) -> Any:
        """Wait for an event that is part of the transcript."""
        return self.saw("onMessage", ContentType=f"{EVENT}{event}")

    def beat(self) -> None:
        """Wait until the session sends its next heartbeat."""
        self.sockets[-1].wait_for_event("framesent", lambda frame: frame == _HEARTBEAT)

    def count(self, callback: str) -> int:
        """Tell how often a callback has come so far."""
        found: int = self.page.evaluate(
            "(name) => seen.filter((each) => each.name === name).length", callback
        )
        return found

    def late(self, call: str, body: Mapping[str, Any]) -> list[Any]:
        """Make a call with the session's token past chatjs; return its status and error's name."""
        found: list[Any] = self.page.evaluate(
            "([call, body]) => late(call, body)", [call, dict(body)]
        )
        return found

    def _outcome(self, script: str, *arguments: Any) -> Any:
        outcome: Mapping[str, Any] = self.page.evaluate(script, list(arguments))
        if "error" in outcome:
            raise Refused(outcome["error"])
        return outcome["value"]

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        self.hosts.add(parts.hostname or "")
        if parts.path.startswith("/participant/"):
            self.calls.append(parts.path.removeprefix("/participant/"))

    def _opened(self, socket: WebSocket) -> None:
        self.hosts.add(urlsplit(socket.url).hostname or "")
        self.sockets.append(socket)
        socket.on("framesent", lambda frame: self.frames.append(str(frame)))


def fingerprint(file: Path) -> dict[str, Any]:
    """Return what a page finds of a file that it has downloaded, but for its type."""
    content = file.read_bytes()
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
