from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server


@pytest.fixture(scope="package")
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(scope="package")
def server(clock: SettableClock) -> Iterator[Server]:
    """One server for the package; each test has chats of its own."""
    with Server(clock=clock, log=io.BytesIO()) as running:
        yield running
