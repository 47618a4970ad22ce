"""`openparticipant serve` in a process of its own, as an operator runs it."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

READY = "openparticipant ready on "
PATIENCE = 60.0  # seconds; only a machine in trouble needs more than one
# What systemd does for its service: the socket as descriptor 3, and two variables.
_HAND_OVER = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3);"
    "os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()));"
    "os.execv(sys.argv[2], sys.argv[2:])"
)
_NOT_PASSED_ON = ("AWS_", "LISTEN_", "OPENPARTICIPANT_")


class NotReadyError(Exception):
    """The process ended, or said nothing, before it was ready."""


def plain_environment(**more: str) -> dict[str, str]:
    """Return this process's environment without what would change a server or a client."""
    kept = {name: it for name, it in os.environ.items() if not name.startswith(_NOT_PASSED_ON)}
    return kept | more


class ServeProcess:
    """A server from its start to its end; its stderr is appended to `log`."""

    def __init__(
        self,
        data_dir: Path,
        *arguments: str,
        log: Path,
        environment: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
        pass_fds: Sequence[int] = (),
    ) -> None:
        serve = [sys.executable, "-m", "openparticipant", "serve", "--data-dir", str(data_dir)]
        with log.open("ab") as stderr:
            self.popen = subprocess.Popen(
                [*prefix, *serve, "--port", "0", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=plain_environment() if environment is None else dict(environment),
                pass_fds=pass_fds,
            )
        self.data_dir = data_dir
        self.log = log
        self.url = ""

    def ready(self) -> Self:
        """Wait until the server says where it listens; raise NotReadyError if it does not."""
        assert self.popen.stdout is not None
        if not select.select([self.popen.stdout], [], [], PATIENCE)[0]:
            raise NotReadyError("nothing on stdout")
        line = self.popen.stdout.readline().decode()
        if not line.startswith(READY):
            status = self.popen.wait(PATIENCE)
            ending = self.log.read_text("utf-8", "replace")[-2000:]
            raise NotReadyError(f"status {status}, stdout {line!r}, stderr ends in:\n{ending}")
        self.url = line.removeprefix(READY).rstrip("\n")
        return self

    @property
    def admin_url(self) -> str:
        """The origin of metrics and health."""
        return (self.data_dir / "admin").read_text("utf-8").strip()

    def kill(self) -> None:
        """Send SIGKILL and return at once: the process may still be dying."""
        self.popen.send_signal(signal.SIGKILL)

    def reap(self) -> int:
        """Wait for the end; return the status."""
        status = self.popen.wait(PATIENCE)
        assert self.popen.stdout is not None
        self.popen.stdout.close()
        return status

    def terminate(self) -> int:
        """Ask for an orderly end and wait for it; return the status."""
        self.popen.send_signal(signal.SIGTERM)
        return self.reap()

    def __enter__(self) -> Self:
        """Wait until the server is ready."""
        try:
            return self.ready()
        except BaseException:
            self.end()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Make sure that the process is gone."""
        self.end()

    def end(self) -> None:
        """End the process, however it stands."""
        if self.popen.poll() is None:
            self.kill()
        self.reap()


def supervised(
    data_dir: Path,
    kept: socket.socket,
    *arguments: str,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> ServeProcess:
    """Return a server that is handed a listening socket, as systemd does for its service."""
    return ServeProcess(
        data_dir,
        *arguments,
        log=log,
        environment=environment,
        prefix=(sys.executable, "-c", _HAND_OVER, str(kept.fileno())),
        pass_fds=(kept.fileno(), 3),
    )


def remaining_output(process: ServeProcess) -> bytes:
    """Return what an ended server wrote to stdout behind its ready line."""
    assert process.popen.stdout is not None
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(process.popen.stdout.read()))  # type: ignore[union-attr]
    reader.start()
    reader.join(PATIENCE)
    return found[0]
