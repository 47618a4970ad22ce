"""A way to the server on which a command meets its death, at the call of one's choice."""

from __future__ import annotations

import http.client
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from openparticipant.testing.chat import Chat
from openparticipant.testing.server import Server

PATIENCE = 20
_SHOWN = """
    SELECT a.name FROM items i
    JOIN contacts c ON c.seq = i.contact_seq
    JOIN attachments a ON a.contact_seq = c.seq AND a.id = i.attachment_id
    WHERE c.id = ? AND i.type = 'ATTACHMENT' AND a.status = 'approved'
"""


class Killer:
    """Hands calls on to `server`; one of them ends the command that makes it.

    With `is_answered` the server has heard that call, and answered, before the command dies.
    """

    def __init__(self, *, is_answered: bool) -> None:
        self.server: Server | None = None
        self._is_answered = is_answered
        self._left: int | None = None
        self._victim: subprocess.Popen[bytes] | None = None
        killer = self

        class Handler(BaseHTTPRequestHandler):
            timeout = PATIENCE

            def do_POST(self) -> None:
                killer._hand_on(self)

            do_GET = do_PUT = do_POST  # noqa: N815 - named by the base class

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._proxy.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """Return the address that clients are given."""
        return f"http://127.0.0.1:{self._proxy.server_port}"

    def run(self, at: int | None, chat: Chat, folder: Path, *words: str) -> int:
        """Run a command of this chat's and return its status; its call number `at` is its last."""
        self._left = at
        variables = {"OPENPARTICIPANT_CONNECTION_TOKEN": chat.connection_token}
        with subprocess.Popen(
            [sys.executable, "-m", "openparticipant", *words, "--endpoint-url", self.url],
            cwd=folder,
            env={**os.environ, **variables},
            stdout=subprocess.DEVNULL,
        ) as self._victim:
            return self._victim.wait(PATIENCE)

    def __enter__(self) -> Self:
        """Begin to hand on."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._proxy.shutdown()
        self._proxy.server_close()
        self._thread.join(PATIENCE)

    def _hand_on(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        is_last = self._left == 0
        if self._left is not None:
            self._left -= 1
        if is_last and not self._is_answered:
            self._kill()
            return
        assert self.server is not None
        origin = urlsplit(self.server.url).netloc
        with closing(http.client.HTTPConnection(origin, timeout=PATIENCE)) as connection:
            headers = dict(handler.headers.items())
            connection.request(handler.command, handler.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        if is_last:
            self._kill()
            return
        handler.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "connection"}:
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    def _kill(self) -> None:
        assert self._victim is not None
        self._victim.kill()
        self._victim.wait(PATIENCE)


def shown(server: Server, chat: Chat) -> list[str]:
    """Return the names of the files that a chat shows, each as often as it does."""
    database = f"file:{server.data_dir / 'openparticipant.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(database, uri=True)) as connection:
        return [name for (name,) in connection.execute(_SHOWN, (chat.contact_id,))]
