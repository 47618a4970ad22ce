"""An HTTP server that writes down what it is asked and answers as it is told."""

from __future__ import annotations

import json
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE = 10.0


@dataclass(frozen=True)
class Recorded:
    """One request, with headers in their order and spelling."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return a header's value, whatever its spelling."""
        found = (value for key, value in self.headers if key.lower() == name.lower())
        return next(found, None)

    @property
    def json(self) -> Any:
        """Return the body's JSON value."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What to answer; `drop` closes the connection instead, `cut` after that many body bytes."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    cut: int | None = None


def json_reply(value: object, status: int = 200, **headers: str) -> Reply:
    """Return a JSON answer."""
    return Reply(status, json.dumps(value).encode(), headers)


DROP = Reply(drop=True)
Script = Callable[[Recorded], Reply]


class _Quiet(ThreadingHTTPServer):
    """A server whose clients may distrust it or leave without a word from it."""

    def handle_error(self, *_: object) -> None:
        """Raise what is no trouble of the connection's."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            raise error


class Recorder:
    """A listening server, with `tls` on https; `script` decides on each answer.

    `impatient` is what a PUT is answered with before its body is read.
    """

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Recorded] = []
        self.impatient: Reply | None = None
        self.script = script
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = PATIENCE

            def do_POST(self) -> None:
                recorder._serve(self)

            do_GET = do_PUT = do_POST  # noqa: N815 - named by the base class

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._scheme = "http" if tls is None else "https"
        self._server = _Quiet(("127.0.0.1", 0), Handler)
        if tls is not None:
            # Hands are shaken at the first read: in the thread that has the time to wait for them.
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """Return the address."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE)

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        early = self.impatient if handler.command == "PUT" else None
        size = 0 if early else int(handler.headers.get("content-length", 0))
        body = handler.rfile.read(size)
        request = Recorded(handler.command, handler.path, handler.headers.items(), body)
        self.requests.append(request)
        reply = early or self.script(request)
        handler.close_connection = True
        if reply.drop:
            return
        with suppress(ConnectionError):  # a client that was interrupted has gone
            self._answer(handler, reply)

    def _answer(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        handler.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body[: reply.cut])


@contextmanager
def recording(
    *replies: Reply, script: Script | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[Recorder]:
    """Run a server that gives these replies in turn, the last one again and again."""
    left = list(replies or (Reply(),))
    recorder = Recorder(script or (lambda _: left.pop(0) if len(left) > 1 else left[0]), tls)
    recorder.start()
    try:
        yield recorder
    finally:
        recorder.stop()
