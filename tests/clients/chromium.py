"""A real browser, kept from every host but this one."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.requirements import require

# Chromium calls home by itself, whatever it is told.
_ITS_OWN = (".google.com", ".googleapis.com")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Lend Debian's Chromium without a window, or skip the test.

    It knows no way to other hosts but a proxy that never answers; at the end it is seen that no
    page, nor a worker of one, has asked there.
    """
    executable = shutil.which("chromium")
    require(executable, "the program chromium")
    with closing(socket.create_server(("127.0.0.1", 0))) as proxy:
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=executable, args=["--no-sandbox", f"--proxy-server={address}"]
            )
            try:
                yield browser
            finally:
                browser.close()
        assert [host for host in _asked_for(proxy) if not host.endswith(_ITS_OWN)] == []


def _asked_for(proxy: socket.socket) -> list[str]:
    """Return the hosts that visitors wanted to be led to."""
    proxy.setblocking(False)
    hosts: list[str] = []
    while True:
        try:
            visitor, _ = proxy.accept()
        except BlockingIOError:
            return hosts
        with closing(visitor):
            visitor.settimeout(1)
            head = visitor.recv(16384).decode("latin-1").lower()
            if head:  # else it was opened in advance, and nothing was wanted after all
                hosts.append(head.partition("host: ")[2].split("\r\n")[0].split(":")[0])
