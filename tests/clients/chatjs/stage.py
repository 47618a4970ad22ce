"""The site that chatjs runs on: one blank page, at an origin that is not the server's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.requirements import require

_HERE = Path(__file__).parent
_BUNDLE = _HERE.parent / "js/node_modules/amazon-connect-chatjs/dist/amazon-connect-chat.js"
_FILES = {
    "/": (_HERE / "page.html", "text/html; charset=utf-8"),
    "/session.js": (_HERE / "session.js", "text/javascript; charset=utf-8"),
    "/amazon-connect-chat.js": (_BUNDLE, "text/javascript; charset=utf-8"),
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Hand out one of the three files."""
        file, content_type = _FILES.get(self.path, (None, ""))
        if file is None:
            self.send_error(404)
            return
        content = file.read_bytes()
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def stage() -> Iterator[str]:
    """Serve the page; yields its URL."""
    require(_BUNDLE.exists(), "npm ci --prefix tests/clients/js")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
