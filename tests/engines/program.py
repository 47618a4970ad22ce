"""A program of this machine that tests start, kill and freeze."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import pytest

_PAUSE = 0.02  # seconds between two knocks
_PATIENCE = 1500  # knocks


class Program:
    """A process that can be killed, frozen and started again; `knock` raises OSError until it answers.

    What it says stands in the file `log`.
    """

    def __init__(self, command: Sequence[str], log: Path, knock: Callable[[], object]) -> None:
        self._command = command
        self._log = log
        self._knock = knock
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The id of the process that was started last."""
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.thaw()
            self._process.terminate()
            self._process.wait(30)

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, cwd=self._log.parent
            )
        for _ in range(_PATIENCE):
            if self._process.poll() is not None:
                break
            try:
                self._knock()
            except OSError:
                time.sleep(_PAUSE)
            else:
                return
        self.kill()
        said = self._log.read_text()[-2000:]
        pytest.fail(f"{self._command[0]} did not start: {said}", pytrace=False)

    def kill(self) -> None:
        """End it without a farewell, also while it is frozen."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def freeze(self) -> None:
        """Let it accept and read nothing more, without a word to anybody."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
