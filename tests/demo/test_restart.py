"""A server that is killed in the middle of a chat, and comes back."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.clients.chromium import Chromium
from tests.demo.window import Window
from tests.serve_process import ServeProcess


def test_a_chat_outlives_its_server(browser: Chromium, tmp_path: Path) -> None:
    """The page says that it reconnects, finds the new process, and both go on where they were."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ("--demo", "--port", str(port))
    with ServeProcess(tmp_path / "data", *words, log=tmp_path / "log") as first:
        window = Window(browser, first.url)
        window.start()
        window.jane.say("before")
        window.sam.hears("before")
        first.kill()
        first.reap()
        for side in window.sides:
            side.line_is("Reconnecting…")
    with ServeProcess(tmp_path / "data", *words, log=tmp_path / "log"):
        for side in window.sides:
            side.line_is("Connected")
        window.sam.say("after")
        for side in window.sides:
            side.hears("after")
            assert side.texts() == ["before", "after"]
        window.expect_refusals()
        window.close()
