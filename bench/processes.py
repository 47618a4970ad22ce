"""Servers under measurement: each a process tree on core 0; whatever loads them runs on core 1."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

SERVER_CORE = "0"
LOAD_CORE = "1"


class ServerProcess:
    """A server that says on stdout that it is ready; everything else goes to `log`."""

    def __init__(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._log = log.open("wb")
        self._popen = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *command],
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment,
            text=True,
        )
        assert self._popen.stdout is not None
        self.ready_line = self._popen.stdout.readline()
        if not self.ready_line:
            self.stop()
            raise RuntimeError(f"{command[0]} did not start:\n{log.read_text()}")
        self.process = psutil.Process(self._popen.pid)

    def cpu(self) -> float:
        """Return the CPU seconds, user and system, that the process has used so far.

        By the clock of the process (clock_getcpuclockid(3)), which counts nanoseconds, not ticks.
        """
        return time.clock_gettime(~self.process.pid << 3 | 2)

    def written(self) -> int:
        """Return the bytes that the process has written to files so far, kept by the kernel or not."""
        return int(self.process.io_counters().write_bytes)

    def resident(self) -> float:
        """Return the resident memory in MiB."""
        return float(self.process.memory_info().rss) / 2**20

    def stop(self) -> None:
        """End the process and wait for it."""
        self._popen.terminate()
        try:
            self._popen.wait(10)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        assert self._popen.stdout is not None
        self._popen.stdout.close()
        self._log.close()
