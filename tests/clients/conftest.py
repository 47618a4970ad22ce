from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.clients.programs import VIEW, Shell, told_by_env
from tests.serve_process import ServeProcess

# What the server makes up and must never tell in its log: tokens, secret keys, signatures.
_SECRET = re.compile(rb"[0-9a-f]{64}")


@pytest.fixture(scope="package")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory that all clients of this package share."""
    return tmp_path_factory.mktemp("clients")


def _serve(directory: Path, *arguments: str) -> Iterator[ServeProcess]:
    log, views = directory.with_suffix(".log"), directory.with_suffix(".views")
    views.mkdir()
    (views / "welcome.json").write_text(json.dumps(VIEW))
    with ServeProcess(directory, "--views", str(views), *arguments, log=log) as server:
        yield server
        assert server.terminate() == 0
    written = log.read_bytes()
    assert b'"event":"request"' in written
    assert not _SECRET.search(written)
    assert b'"level":"error"' not in written


@pytest.fixture(scope="package")
def plain(surroundings: Path) -> Iterator[ServeProcess]:
    """Return a server as the README starts it."""
    yield from _serve(surroundings / "plain")


@pytest.fixture(scope="package")
def encrypted(surroundings: Path) -> Iterator[ServeProcess]:
    """Return a server with an authority of its own."""
    yield from _serve(surroundings / "encrypted", "--tls", "auto")


@pytest.fixture(params=["http", "https"])
def server(request: pytest.FixtureRequest) -> ServeProcess:
    """Return a server, once over plain HTTP and once over TLS."""
    name = "plain" if request.param == "http" else "encrypted"
    found = request.getfixturevalue(name)
    assert isinstance(found, ServeProcess)
    assert found.url.startswith(f"{request.param}://")
    return found


@pytest.fixture
def shell(server: ServeProcess, tmp_path: Path) -> Shell:
    """Return a user's shell, told where the server is by `openparticipant env` alone."""
    return told_by_env(server.data_dir, tmp_path)


@pytest.fixture
def session(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> boto3.session.Session:
    """Return a session that reads the server's two files."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, shell.variables[name])
    return boto3.session.Session()
