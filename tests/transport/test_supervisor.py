"""What a supervisor hears, at a real socket."""

from __future__ import annotations

import socket
import sys
from contextlib import closing
from pathlib import Path

import pytest

from openparticipant.transport.supervisor import Supervisor
from tests.serve_process import ServeProcess, plain_environment

_PATIENCE = 30.0


@pytest.mark.parametrize(
    "name",
    [
        "",
        pytest.param(
            "@openparticipant-test-",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="names of Linux alone"),
        ),
    ],
)
def test_a_supervisor_hears_when_the_server_is_ready_and_when_it_ends(
    tmp_path: Path, name: str
) -> None:
    """At a file or at a name that no file has; in one datagram each, and nothing in between."""
    address = f"{name}{tmp_path.name}" if name else str(tmp_path / "notify")
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as listening:
        listening.bind(address.replace("@", "\0", 1))
        listening.settimeout(_PATIENCE)
        environment = plain_environment(NOTIFY_SOCKET=address)
        with ServeProcess(
            tmp_path / "data", log=tmp_path / "log", environment=environment
        ) as server:
            assert listening.recv(4096).decode() == f"READY=1\nSTATUS=ready on {server.url}"
            assert server.terminate() == 0
        assert listening.recv(4096) == b"STOPPING=1\nSTATUS=draining"
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.recv(4096)


def test_a_supervisor_that_is_gone_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    """The server goes on, and no child of it finds the address."""
    environ = {"NOTIFY_SOCKET": "/nowhere/at/all"}
    Supervisor(environ).tell("READY=1")
    assert environ == {}
    assert "cannot be told" in caplog.text


def test_without_a_supervisor_nobody_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """As at a shell."""
    Supervisor({}).tell("READY=1")
    assert not caplog.records
