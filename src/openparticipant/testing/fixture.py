"""The pytest fixture `participant_server`; pytest finds it by itself once the package is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from openparticipant.testing.server import Server


@pytest.fixture
def participant_server() -> Iterator[Server]:
    """Return a running server of the test's own, on a free port of 127.0.0.1."""
    from openparticipant.testing.server import Server  # noqa: PLC0415 - only where it is used

    with Server() as server:
        yield server
