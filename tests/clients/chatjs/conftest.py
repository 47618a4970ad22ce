from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.chatjs.business import Business, Meeting
from tests.clients.chatjs.stage import stage
from tests.clients.chromium import chromium
from tests.serve_process import ServeProcess


# Not for longer than a module: while Playwright waits, no other event loop may run in this thread.
@pytest.fixture(scope="module")
def business() -> Iterator[Business]:
    """Return a business with chatjs on its site, and a browser to look at it."""
    with stage() as site, chromium() as browser:
        yield Business(browser, site)


@pytest.fixture
def meeting(business: Business, plain: ServeProcess) -> Iterator[Meeting]:
    """Return a chat with a customer and an agent."""
    with business.meeting(plain) as met:
        yield met


@pytest.fixture
def meeting_by_any_scheme(business: Business, server: ServeProcess) -> Iterator[Meeting]:
    """Return a chat with a customer and an agent, once over plain HTTP and once over TLS."""
    with business.meeting(server) as met:
        yield met
