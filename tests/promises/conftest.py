from __future__ import annotations

from collections.abc import Iterator

import pytest

from openparticipant.system import SystemClock
from openparticipant.testing.chat import Chat
from openparticipant.testing.clock import START
from tests.engines.s3 import S3Server
from tests.promises.place import Place, opened


@pytest.fixture(params=["built-in", "bucket"])
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> S3Server | None:
    """Return a real S3 server, and once None, which stands for the built-in store."""
    if request.param == "built-in":
        return None
    server: S3Server = request.getfixturevalue("seaweedfs")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server


@pytest.fixture
def place(bucket: S3Server | None) -> Iterator[Place]:
    """Return a server on each object store; a bucket goes by the time of day."""
    with opened(bucket, SystemClock().now() if bucket else START) as it:
        yield it


@pytest.fixture
def built_in() -> Iterator[Place]:
    """Return a server as it comes."""
    with opened(None, START) as it:
        yield it


@pytest.fixture
def chat(place: Place) -> Chat:
    """Return a chat there."""
    return place.server.start_chat()
