"""Ceph's object gateway on a cluster of one monitor and one store that lives in memory."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from openparticipant.sigv4 import Credentials
from openparticipant.testing.object_habits import Habits
from tests.engines.ports import free_ports
from tests.engines.s3 import S3Server
from tests.requirements import require

_PROGRAMS = ("ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool", "radosgw")
_HABITS = Habits(chunked=403, unsigned_amz_header=200, explains=False)
_PATIENCE = 60.0  # seconds
_CONFIGURATION = """\
[global]
fsid = {fsid}
mon host = v1:127.0.0.1:{monitor}
auth cluster required = none
auth service required = none
auth client required = none
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd class update on start = false
osd crush update on start = false
osd class load list = *
osd class default list = *
osd objectstore = memstore
memstore device bytes = 1073741824
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail warn = 1
mon data avail crit = 0
run dir = {place}
admin socket = {place}/$name.$pid.asok
log file = {place}/$name.log
pid file = {place}/$name.$pid.pid
keyring = {place}/keyring
mon data = {place}/mon
osd data = {place}/osd
rgw frontends = beast endpoint=127.0.0.1:{gateway}
rgw gc max objs = 1
rgw bucket quota ttl = 0
"""


@dataclass(frozen=True, slots=True)
class Gateway(S3Server):
    """A gateway whose bucket can be made full."""

    configuration: str = ""

    def admit(self, objects: int | None) -> None:
        """Let the bucket hold at most so many objects, None: as many as come."""
        bucket = f"--bucket={self.bucket}"
        if objects is None:
            self._administer("quota", "disable", "--quota-scope=bucket", bucket)
        else:
            most = f"--max-objects={objects}"
            self._administer("quota", "set", "--quota-scope=bucket", bucket, most)
            self._administer("quota", "enable", "--quota-scope=bucket", bucket)

    def _administer(self, *words: str) -> None:
        subprocess.run(
            ["radosgw-admin", *words],
            check=True,
            capture_output=True,
            timeout=_PATIENCE,
            env={**os.environ, "CEPH_CONF": self.configuration},
            cwd="/",
        )


@pytest.fixture(scope="session")
def radosgw() -> Iterator[Gateway]:
    """Return a Ceph whose bucket is set up; before that it lets no web page in."""
    with running_radosgw() as server:
        done = server.command("bucket", "setup", "--objects", server.address)
        assert done.returncode == 0, done.stderr
        yield server


@contextlib.contextmanager
def running_radosgw() -> Iterator[Gateway]:
    """Return a gateway that has the bucket."""
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    require(not missing, "Ceph (packages radosgw, ceph-mon, ceph-osd and ceph-common)")
    place = Path(tempfile.mkdtemp(prefix="openparticipant-ceph-", dir="/tmp"))
    try:
        with contextlib.ExitStack() as held:
            yield _Cluster(place, held).start()
    finally:
        shutil.rmtree(place)


class _Cluster:
    """Processes in the foreground below one directory; nothing needs root, or outlives the test."""

    def __init__(self, place: Path, held: contextlib.ExitStack) -> None:
        self._place = place
        self._held = held
        self._monitor, self._gateway = free_ports(2)
        self._environment = {**os.environ, "CEPH_CONF": str(place / "ceph.conf")}

    def start(self) -> Gateway:
        place, fsid = self._place, str(uuid.uuid4())
        (place / "ceph.conf").write_text(
            _CONFIGURATION.format(
                fsid=fsid, place=place, monitor=self._monitor, gateway=self._gateway
            )
        )
        keyring, monmap = str(place / "keyring"), str(place / "monmap")
        self._run("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.")
        monitor = f"[v1:127.0.0.1:{self._monitor}]"
        self._run("monmaptool", "--create", "--addv", "a", monitor, "--fsid", fsid, monmap)
        for directory in ("mon", "osd"):
            (place / directory).mkdir()
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", keyring)
        self._spawn("ceph-mon", "-i", "a", "-f")
        self._await("quorum 0 a", "ceph", "mon", "stat")
        store = str(uuid.uuid4())
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", store)
        self._await("", "ceph", "osd", "new", store, "0")
        # By hand: a store that tells where it is before it knows the cluster's id gives up.
        self._await("", "ceph", "osd", "crush", "add", "osd.0", "1", "root=default", "host=one")
        self._spawn("ceph-osd", "-i", "0", "-f")
        self._await("1 up", "ceph", "osd", "stat")
        key = Credentials("AKIATESTTESTTESTTEST", "a-secret-for-tests-only")
        self._run(
            *("radosgw-admin", "user", "create", "--uid=test", "--display-name=test"),
            *(f"--access-key={key.access_key_id}", f"--secret-key={key.secret_access_key}"),
        )
        # Not at the same time: the two would make the same pools, and sometimes wait for ever.
        self._spawn("radosgw", "-f", "-n", "client.admin")
        server = Gateway(
            f"http://127.0.0.1:{self._gateway}",
            key,
            _HABITS,
            region="default",
            configuration=self._environment["CEPH_CONF"],
        )
        give_up_at = time.monotonic() + _PATIENCE
        while True:
            try:
                server.make_bucket()
            except OSError as error:
                if time.monotonic() > give_up_at:
                    pytest.fail(f"radosgw did not start: {error}", pytrace=False)
                time.sleep(0.1)
            else:
                return server

    def _await(self, wanted: str, *command: str) -> None:
        """Repeat a command until it succeeds and says so; the first ones may come too early."""
        give_up_at = time.monotonic() + _PATIENCE
        while (said := self._said(*command)).returncode or wanted not in said.stdout:
            if time.monotonic() > give_up_at:
                pytest.fail(f"{' '.join(command)}: {said.stdout}{said.stderr}", pytrace=False)
            time.sleep(0.1)

    def _spawn(self, program: str, *arguments: str) -> None:
        with (self._place / f"{program}.out").open("wb") as out:
            process = subprocess.Popen(
                [program, *arguments], stdout=out, stderr=out, env=self._environment, cwd="/"
            )
        self._held.callback(_end, process)

    def _run(self, *command: str) -> None:
        done = self._said(*command)
        if done.returncode:
            pytest.fail(f"{command[0]}: {done.stdout[-500:]}{done.stderr[-1500:]}", pytrace=False)

    def _said(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            env=self._environment,
            cwd="/",
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    # Everything is in memory and about to be removed, and a store without monitors never ends.
    process.kill()
    process.wait(30)
