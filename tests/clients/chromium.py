"""A real browser, kept from every host but this one."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.requirements import require

_NOBODY = "http://127.0.0.1:9"
# Chromium asks there of its own accord what a form's fields are.
_ITS_OWN = "content-autofill.googleapis.com:443"


class Chromium:
    """A browser that lends windows which know no way out but a proxy that never answers."""

    def __init__(self, browser: Browser, proxy: socket.socket) -> None:
        self._browser = browser
        self._way_out = f"http://127.0.0.1:{proxy.getsockname()[1]}"

    def new_context(self, **options: Any) -> BrowserContext:
        """Open a window that nobody has used before."""
        return self._browser.new_context(
            proxy={"server": self._way_out, "bypass": "127.0.0.1"}, **options
        )


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Lend Debian's Chromium without a window, or skip the test.

    Chromium calls home by itself, whatever it is told, but hardly through the proxy of its windows:
    whoever asks there is a page or a worker of one, and at the end it is seen that none has.
    """
    executable = shutil.which("chromium")
    require(executable, "the program chromium")
    with closing(socket.create_server(("127.0.0.1", 0))) as proxy:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=executable, args=["--no-sandbox", f"--proxy-server={_NOBODY}"]
            )
            try:
                yield Chromium(browser, proxy)
            finally:
                browser.close()
        asked = [line for line in _asked_for(proxy) if _ITS_OWN not in line]
        assert not asked, f"pages asked for other hosts: {asked}"


def _asked_for(proxy: socket.socket) -> list[str]:
    """Return the first line of what each visitor wanted."""
    proxy.setblocking(False)
    wanted: list[str] = []
    while True:
        try:
            visitor, _ = proxy.accept()
        except BlockingIOError:
            return wanted
        with closing(visitor):
            visitor.settimeout(1)
            head = visitor.recv(16384).decode("latin-1")
            if head:  # else it was opened in advance, and nothing was wanted after all
                wanted.append(head.split("\r\n")[0])
