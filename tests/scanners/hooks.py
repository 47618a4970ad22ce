"""An HTTP server that answers as a test tells it to."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

APPROVED = b'{"Status": "APPROVED"}'
REJECTED = b'{"Status": "REJECTED"}'


@dataclass
class Hooked:
    """What came, and what is answered: status, body, and what is done before that."""

    url: str = ""
    status: int = 200
    body: bytes = APPROVED
    headers: dict[str, str] = field(default_factory=dict)
    judge: Callable[[dict[str, Any]], bytes] | None = None
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)


@contextmanager
def hook(tls: ssl.SSLContext | None = None) -> Iterator[Hooked]:
    """Run one at a free port."""
    hooked = Hooked()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Note the question and answer it."""
            question = json.loads(self.rfile.read(int(self.headers["content-length"])))
            names = {name.lower(): value for name, value in self.headers.items()}
            hooked.asked.append((self.path, names, question))
            body = hooked.judge(question) if hooked.judge else hooked.body
            self.send_response(hooked.status)
            for name, value in {"Content-Length": str(len(body)), **hooked.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        hooked.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield hooked
        finally:
            server.shutdown()
            thread.join()
