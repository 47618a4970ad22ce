from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.clients.programs import VIEW, Shell, told_by_env
from tests.cluster.cluster import Cluster
from tests.conftest import BEHIND_NGINX
from tests.serve_process import ServeProcess

# What the server makes up and must never tell in its log: tokens, secret keys, signatures.
_SECRET = re.compile(rb"[0-9a-f]{64}")


@pytest.fixture(scope="package")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory that all clients of this package share."""
    return tmp_path_factory.mktemp("clients")


def _serve(directory: Path, *arguments: str) -> Iterator[ServeProcess]:
    log = directory.with_suffix(".log")
    with ServeProcess(directory, *_views(directory), *arguments, log=log) as server:
        yield server
        assert server.terminate() == 0
    _check_log(log)


def _serve_behind_nginx(directory: Path) -> Iterator[ServeProcess]:
    """Yield the first of three nodes, which is called by way of nginx, as all of them are."""
    with Cluster(directory, settings=_views(directory / "nodes")) as cluster:
        first = cluster.nodes[0].running
        first.url = cluster.url
        yield first
        for node in cluster.nodes:
            assert node.stop() == 0
    for node in cluster.nodes:
        _check_log(node.log)
    assert not _SECRET.search(cluster.nginx.everything_logged.encode())


def _views(directory: Path) -> tuple[str, str]:
    views = directory.with_suffix(".views")
    views.mkdir()
    (views / "welcome.json").write_text(json.dumps(VIEW))
    return "--views", str(views)


def _check_log(log: Path) -> None:
    written = log.read_bytes()
    assert b'"event":"request"' in written
    assert not _SECRET.search(written)
    assert b'"level":"error"' not in written


@pytest.fixture(scope="package")
def plain(surroundings: Path, request: pytest.FixtureRequest) -> Iterator[ServeProcess]:
    """Return a server as the README starts it, or one of three behind nginx."""
    if request.config.getoption(BEHIND_NGINX):
        yield from _serve_behind_nginx(surroundings)
    else:
        yield from _serve(surroundings / "plain")


@pytest.fixture(scope="package")
def encrypted(surroundings: Path) -> Iterator[ServeProcess]:
    """Return a server with an authority of its own."""
    yield from _serve(surroundings / "encrypted", "--tls", "auto")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play each test that takes a `server` over plain HTTP and over TLS; behind nginx over one."""
    if "server" in metafunc.fixturenames:
        schemes = ["http"] if metafunc.config.getoption(BEHIND_NGINX) else ["http", "https"]
        metafunc.parametrize("server", schemes, indirect=True)


@pytest.fixture
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
