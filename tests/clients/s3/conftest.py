from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.s3 import S3Server
from tests.serve_process import ServeProcess, plain_environment


@pytest.fixture(scope="package")
def on_s3(surroundings: Path, seaweedfs: S3Server) -> Iterator[ServeProcess]:
    """Return a server whose attachments lie in a bucket."""
    with ServeProcess(
        surroundings / "s3",
        *("--objects", seaweedfs.address, "--demo"),
        log=surroundings / "s3.log",
        environment=plain_environment(**seaweedfs.environment),
    ) as server:
        yield server
        assert server.terminate() == 0


@pytest.fixture
def server(on_s3: ServeProcess) -> ServeProcess:
    """Return the server for the fixtures of all clients."""
    return on_s3
