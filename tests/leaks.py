"""A pytest plugin: with `--find-leaks`, no secret that a run handed out stands in what servers wrote.

Secrets are learned where they are handed out: in answers and in the profiles of control keys. What
is searched are the logs of all servers, in this process and beside it, metrics, and refusals.
"""

from __future__ import annotations

import configparser
import http.client
import io
import re
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from openparticipant.testing.server import Server
from openparticipant.transport.logs import Log
from tests.serve_process import ServeProcess

FIND_LEAKS = "--find-leaks"
_SHORTEST = 40  # characters: no token, signature or secret key of ours has fewer
_HANDED_OUT = re.compile(
    rb'"(?:ParticipantToken|ConnectionToken)" ?: ?"([^"]+)"|(?:X-Amz-Signature|AuthToken)=([0-9A-Za-z]+)'
)
_LONG = re.compile(rb"[0-9A-Za-z+/=]{%d,}" % _SHORTEST)


class Run:
    """What one run handed out, and what its servers wrote."""

    def __init__(self) -> None:
        self.secrets: set[bytes] = set()
        self._written: dict[bytes, str] = {}
        self._logs: set[Path] = set()

    def answered(self, status: int, body: bytes) -> None:
        """Learn what an answer hands out; a refusal and metrics are searched themselves."""
        if status < 400:
            for found in _HANDED_OUT.finditer(body):
                self._learn(found[1] or found[2])
        if status >= 400 or body.startswith(b"# HELP"):
            self.wrote(f"an answer with status {status}", body)

    def served(self, data_dir: Path) -> None:
        """Learn the secrets of a data directory."""
        profile = configparser.RawConfigParser()
        profile.read(data_dir / "aws" / "credentials")
        for section in profile.sections():
            self._learn(profile[section].get("aws_secret_access_key", "").encode())

    def logged(self, log: Path) -> None:
        """Search a log when the run is over."""
        self._logs.add(log)

    def wrote(self, where: str, text: bytes) -> None:
        """Keep what a secret could be part of, and where it was first seen."""
        for found in _LONG.finditer(text):
            self._written.setdefault(found[0], where)

    def leak(self) -> str | None:
        """Return the first place that tells a secret, never the secret itself."""
        for log in sorted(self._logs):
            if log.is_file():
                for number, line in enumerate(log.read_bytes().splitlines(), 1):
                    self.wrote(f"{log}:{number}", line)
        for text, where in self._written.items():
            if text in self.secrets or any(secret in text for secret in self.secrets):
                return where
        return None

    def _learn(self, secret: bytes) -> None:
        if len(secret) >= _SHORTEST:
            self.secrets.add(secret)


class _Tee(io.RawIOBase):
    """Passes on what a log writes, and has it searched."""

    def __init__(self, stream: BinaryIO, run: Run) -> None:
        super().__init__()
        self._stream = stream
        self._run = run

    def fileno(self) -> int:
        """Return the log's own."""
        return self._stream.fileno()

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: Any) -> int:
        """Pass on."""
        self._run.wrote("the log of a server in this process", bytes(data))
        return self._stream.write(data)

    def flush(self) -> None:
        """Pass on."""
        self._stream.flush()


_RUN = pytest.StashKey[Run]()
_VERDICT = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run look for leaks."""
    parser.addoption(FIND_LEAKS, action="store_true", help="fail if any server tells a secret")


def pytest_configure(config: pytest.Config) -> None:
    """Listen in where secrets are handed out and where servers write."""
    if not config.getoption(FIND_LEAKS):
        return
    run = Run()
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    config.stash[_RUN] = run
    listen_in(run, patch)


def listen_in(run: Run, patch: pytest.MonkeyPatch) -> None:
    """Tell the run of every answer, every log and every data directory from now on."""
    read, log = http.client.HTTPResponse.read, Log.__init__
    ended, stopped = ServeProcess.end, Server.stop

    def reading(self: http.client.HTTPResponse, amount: int | None = None) -> bytes:
        body = read(self, amount)
        run.answered(self.status, body)
        return body

    def logging(self: Log, stream: BinaryIO, worker: int | None = None) -> None:
        log(self, _Tee(stream, run), worker)  # type: ignore[arg-type]

    def ending(self: ServeProcess) -> None:
        ended(self)
        run.served(self.data_dir)
        run.logged(self.log)

    def stopping(self: Server) -> None:
        run.served(self.data_dir)
        stopped(self)

    patch.setattr(http.client.HTTPResponse, "read", reading)
    patch.setattr(Log, "__init__", logging)
    patch.setattr(ServeProcess, "end", ending)
    patch.setattr(Server, "stop", stopping)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that leaks, and one that handed out nothing."""
    run = session.config.stash.get(_RUN, None)
    if run is None:
        return
    clean = False
    if not run.secrets:
        verdict = "no secret was handed out, so nothing was searched"
    elif where := run.leak():
        verdict = f"a secret stands in {where}"
    else:
        verdict = f"none of {len(run.secrets)} secrets stands anywhere"
        clean = True
    session.config.stash[_VERDICT] = verdict
    if not clean:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was found."""
    verdict = terminalreporter.config.stash.get(_VERDICT, None)
    if verdict is not None:
        terminalreporter.section("leaks")
        terminalreporter.line(verdict)
