"""A real clamd of this machine: the one named by the environment, or one of this run's own.

It knows the test file of EICAR and nothing else; the official signatures are not needed to see that
what it finds is heeded.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.ports import free_ports
from tests.engines.program import Program
from tests.requirements import require

_VARIABLE = "OPENPARTICIPANT_TEST_CLAMD"

# In two parts, so that no scanner takes this file for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_SIGNATURES = {
    "local.hdb": "44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test-Signature\n",
    "local.ndb": f"Local.Eicar-Substring:0:*:{EICAR[28:].hex()}\n",
}


class ClamdServer(Program):
    """A clamd that can be killed, frozen and started again at the same place."""

    def __init__(self, place: Path, *, largest: str = "25M", socket_file: bool = False) -> None:
        program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
        require(program, f"clamd (Debian's clamav-daemon, or {_VARIABLE})")
        assert program is not None
        (self._port,) = free_ports(1)
        self._path = place / "clamd.socket" if socket_file else None
        signatures = place / "signatures"
        signatures.mkdir()
        for name, text in _SIGNATURES.items():
            (signatures / name).write_text(text)
        lines = [
            *("Foreground yes", f"DatabaseDirectory {signatures}", f"StreamMaxLength {largest}"),
            *("AlertExceedsMax yes", f"TemporaryDirectory {place}"),
            *(
                [f"LocalSocket {self._path}"]
                if self._path
                else ["TCPAddr 127.0.0.1", f"TCPSocket {self._port}"]
            ),
        ]
        config = place / "clamd.conf"
        config.write_text("".join(f"{line}\n" for line in lines))
        command = [program, f"--config-file={config}"]
        super().__init__(command, place / "clamd.log", self._knock)

    @property
    def url(self) -> str:
        """Return its address as `--scanner` takes it."""
        return f"clamd://{self._path}" if self._path else f"clamd://127.0.0.1:{self._port}"

    def _knock(self) -> None:
        if self._path is None:
            socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
        else:
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(str(self._path))


@pytest.fixture(scope="session")
def clamd() -> Iterator[str]:
    """Return the address of a clamd that is left as it is."""
    if address := os.environ.get(_VARIABLE):
        yield address
        return
    with _own() as server:
        yield server.url


@pytest.fixture
def clamd_server() -> Iterator[ClamdServer]:
    """Return a clamd that the test may kill and freeze."""
    with _own() as server:
        yield server


@contextlib.contextmanager
def _own() -> Iterator[ClamdServer]:
    # The path of a socket has about 100 characters at most, so not below the test's directory.
    place = Path(tempfile.mkdtemp(prefix="openparticipant-clamd-"))
    try:
        with ClamdServer(place) as server:
            yield server
    finally:
        shutil.rmtree(place)
