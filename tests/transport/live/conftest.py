from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from openparticipant.testing.chat import Chat
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from openparticipant.transport.bounds import Bounds

ORIGIN = "https://shop.example"


@dataclass(frozen=True, slots=True)
class Stage:
    """A server whose time the test moves, and what it logs."""

    server: Server
    clock: SettableClock
    log: io.BytesIO

    def lines(self) -> list[dict[str, object]]:
        """Return what has been logged so far, line by line."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Return one server for the module; when it ends, its log must not tell of any fault."""
    clock, log = SettableClock(), io.BytesIO()
    bounds = Bounds(subscribe_seconds=0.5, parting_seconds=0.2)
    with Server(clock=clock, bounds=bounds, log=log, allowed_origins=ORIGIN) as server:
        yield Stage(server, clock, log)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line for line in lines if line["level"] not in {"info", "debug"}] == []


@pytest.fixture(autouse=True)
def no_fault(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test that makes the server, or the library under it, complain."""
    yield
    assert [one for one in caplog.get_records("call") if one.levelno >= logging.WARNING] == []


@pytest.fixture
def server(stage: Stage) -> Server:
    """Return the module's server."""
    return stage.server


@pytest.fixture
def chat(server: Server) -> Chat:
    """Return a new chat with a connected customer."""
    return server.start_chat("Jane")
