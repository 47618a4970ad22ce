"""One of several nodes: a process that can be ended in any way and started again as itself."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.serve_process import ServeProcess


class Node:
    """A node with a directory and a port of its own; `place` is where its log lies as well."""

    def __init__(
        self,
        place: Path,
        name: str,
        port: int,
        settings: Sequence[str],
        environment: Mapping[str, str],
    ) -> None:
        self.data_dir = place / name
        self.log = place / f"{name}.log"
        self.url = f"http://127.0.0.1:{port}"
        self._settings = ("--port", str(port), "--admin-port", "0", *settings)
        self._environment = environment
        self._process: ServeProcess | None = None

    def begin(self) -> None:
        """Start it; return at once."""
        self._process = ServeProcess(
            self.data_dir, *self._settings, log=self.log, environment=self._environment
        )

    def start(self) -> None:
        """Start it; return once it is ready."""
        self.begin()
        self.running.ready()

    @property
    def running(self) -> ServeProcess:
        """The process of its present life."""
        assert self._process is not None
        return self._process

    def stop(self) -> int:
        """Ask it to end in order; return its exit status."""
        return self.running.terminate()

    def kill(self) -> None:
        """End it without a farewell."""
        self.running.kill()
        self.running.reap()

    def freeze(self) -> None:
        """Let it accept connections and do nothing about them."""
        self.running.popen.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.running.popen.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Make sure that it is gone."""
        if self._process is not None:
            self._process.end()
