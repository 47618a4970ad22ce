from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from openparticipant.testing.chat import Chat
from openparticipant.testing.server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return one server for the module; when it ends, its log must not tell of any fault."""
    log = io.BytesIO()
    with Server(log=log) as running:
        yield running
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line for line in lines if line["level"] not in {"info", "debug"}] == []


@pytest.fixture
def chat(server: Server) -> Chat:
    """Return a new chat with a connected customer."""
    return server.start_chat()
