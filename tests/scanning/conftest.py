from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.scanning.judge import Judge, Pair, judge, pair


@pytest.fixture
def clock() -> SettableClock:
    """Return the server's clock."""
    return SettableClock()


@pytest.fixture
def scanner() -> Iterator[Judge]:
    """Return a scanner that answers as the test does."""
    with judge() as it:
        yield it


@pytest.fixture
def server(scanner: Judge, clock: SettableClock) -> Iterator[Server]:
    """Return a server with that scanner."""
    with Server(clock=clock, log=io.BytesIO(), scanner=scanner.url) as running:
        yield running


@pytest.fixture
def chat(server: Server) -> Iterator[Pair]:
    """Return a chat of two."""
    with pair(server) as met:
        yield met
