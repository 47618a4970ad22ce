"""A WebSocket as a page opens it: the handshake with the page's origin, then texts both ways."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from websockets.frames import Frame, Opcode
from websockets.protocol import CLIENT, OPEN, Protocol
from websockets.utils import accept_key

from openparticipant.cli.examination.page import Heard
from openparticipant.cli.examination.report import WrongError
from openparticipant.cli.http import Exchange, NoAnswerError, without_query

if TYPE_CHECKING:
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.examination.page import Page

_LARGEST = 1024 * 1024
_MOST_FRAMES = 200
_MEND = (
    "the proxy must pass the upgrade on: `proxy_http_version 1.1; proxy_set_header Upgrade "
    "$http_upgrade; proxy_set_header Connection upgrade;`"
)


class LiveSocket:
    """An open socket. All methods raise WrongError and NoAnswerError."""

    def __init__(self, url: str, page: Page, world: Environment, mend: str) -> None:
        """Open it; `mend` is for one that does not let the page's origin in."""
        key = b64encode(world.entropy(16)).decode()
        headers = (
            ("Origin", page.origin),
            ("Connection", "Upgrade"),
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", key),
        )
        self._exchange = Exchange("GET", as_http(url), headers, page.reach, without_query(url))
        try:
            self._answer = self._exchange.answer()
            self._require_upgrade(accept_key(key), page.origin, mend)
        except BaseException:
            self._exchange.close()
            raise
        self._protocol = Protocol(CLIENT, state=OPEN, max_size=_LARGEST)
        self._texts: list[str] = []

    def close(self) -> None:
        """Say good-bye, if anyone listens, and let it go."""
        try:
            self._protocol.send_close(1000)
            self._flush()
        except NoAnswerError:
            pass
        finally:
            self._exchange.close()

    def ask(self, topic: str, **members: Any) -> dict[str, Any]:
        """Send a frame, and return the first one of the same topic that comes."""
        self._protocol.send_text(json.dumps({"topic": topic, **members}).encode())
        self._flush()
        return self.hear(topic)

    def hear(self, topic: str) -> dict[str, Any]:
        """Return the next frame of a topic."""
        for _ in range(_MOST_FRAMES):
            try:
                frame = json.loads(self._text())
            except ValueError:
                raise WrongError("a frame came that is no JSON", _MEND) from None
            if isinstance(frame, dict) and frame.get("topic") == topic:
                return frame
        text = f"{_MOST_FRAMES} frames came, and none of the topic {topic}"
        raise WrongError(text, "take another chat: this one is too busy")

    def _text(self) -> str:
        for _ in range(_MOST_FRAMES):
            if self._texts:
                return self._texts.pop(0)
            data = self._exchange.read_on(self._answer)
            if not data:
                raise WrongError("the socket was closed", _MEND)
            self._protocol.receive_data(data)
            self._flush()  # the answer to a ping
            self._texts += [
                bytes(event.data).decode()
                for event in self._protocol.events_received()
                if isinstance(event, Frame) and event.opcode is Opcode.TEXT
            ]
        raise WrongError("what comes over the socket are no texts", _MEND)

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._exchange.send(data)

    def _require_upgrade(self, accepted: str, origin: str, mend: str) -> None:
        got = self._answer
        if got.status == 101:
            if got.headers.get("sec-websocket-accept") != accepted:
                text = "the handshake was answered with another one's key"
                raise WrongError(text, "take what keeps answers out of the proxy (its cache)")
            return
        body = self._exchange.read(got, _LARGEST)
        heard = Heard(got.status, got.reason, got.headers, body, got.version)
        if heard.status == 403 and heard.headers.get_content_type() == "application/json":
            raise WrongError(f"a page of {origin} may not open it: {heard.told}", mend)
        raise WrongError(f"the handshake was answered {heard.told} instead of 101", _MEND)


def as_http(url: str) -> str:
    """Return the URL by which the handshake is made."""
    return urlsplit(url)._replace(scheme={"ws": "http"}.get(urlsplit(url).scheme, "https")).geturl()
