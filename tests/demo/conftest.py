from __future__ import annotations

from collections.abc import Iterator

import pytest

from openparticipant.testing.server import Server
from tests.clients.chromium import Chromium, chromium
from tests.demo.window import Window


# Not for longer than a module: while Playwright waits, no other event loop may run in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """Return a browser that reaches no other host."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server with the chat page."""
    with Server(demo="on") as running:
        yield running


@pytest.fixture
def window(browser: Chromium, server: Server) -> Iterator[Window]:
    """Return the page, opened; whatever a test does there, it must have kept its promises."""
    opened = Window(browser, server.url)
    yield opened
    opened.close()
