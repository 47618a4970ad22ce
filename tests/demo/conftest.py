from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from openparticipant.testing.server import Server
from tests.demo.window import Window
from tests.requirements import require


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Return the system's Chromium, without a window on any screen."""
    path = shutil.which("chromium")
    require(path, "the program chromium")
    # As root, which only containers are, it has no sandbox.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=arguments)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server with the chat page."""
    with Server(demo="on") as running:
        yield running


@pytest.fixture
def window(browser: Browser, server: Server) -> Iterator[Window]:
    """Return the page, opened; whatever a test does there, it must have kept its promises."""
    opened = Window(browser, server.url)
    yield opened
    opened.close()
