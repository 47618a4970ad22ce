"""A server whose time stands still, and the directory by which its operator's commands find it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Return the place of a server's data."""
    return tmp_path / "data"


@pytest.fixture
def clock() -> SettableClock:
    """Return the time by which the server goes."""
    return SettableClock()


@pytest.fixture
def server(data_dir: Path, clock: SettableClock) -> Iterator[Server]:
    """Return a server on that directory, at that time."""
    with Server(data_dir, clock=clock, log=io.BytesIO()) as running:
        yield running
