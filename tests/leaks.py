"""A pytest plugin: with `--find-leaks`, no secret of a run stands in what servers and commands wrote.

Secrets are learned where they are handed out and where servers are given them: tokens, signatures,
key pairs, master keys and what is derived of them, passwords of engines. What is searched are the
logs of all servers, in this process and beside it, the stderr of commands, metrics, spans and
refusals. Tokens also go to browsers and other processes, which this one does not see; so beside an
answer to whoever sent it, nothing may hold what looks like one: 64 hexadecimal digits.
"""

from __future__ import annotations

import base64
import configparser
import http.client
import io
import os
import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from openparticipant.bootstrap.keys import KeyRing
from openparticipant.domain.access_key import AccessKey
from openparticipant.master_key import MasterKey
from openparticipant.testing.server import Server
from openparticipant.transport.logs import Log
from tests.cli.worlds import Outcome
from tests.serve_process import ServeProcess
from tests.tracing.collector import Collector

FIND_LEAKS = "--find-leaks"
_SHORTEST = 16  # characters, of what is searched for
_HANDED_OUT = re.compile(
    rb'"(?:ParticipantToken|ConnectionToken)" ?: ?"([^"]+)"|(?:X-Amz-Signature|AuthToken)=([0-9A-Za-z]+)'
)
_LONG = re.compile(rb"[0-9A-Za-z+/=]{%d,}" % _SHORTEST)
_TOKEN = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_PASSWORD = re.compile(r"//[^/@]*:([^/@]+)@")
# As they are before any run listens in, so that a run within one takes its place.
_read, _log = http.client.HTTPResponse.read, Log.__init__
_end, _stop = ServeProcess.end, Server.stop
_serve, _server, _outcome = ServeProcess.__init__, Server.__init__, Outcome.__init__
_close, _hold = Collector.server_close, KeyRing._hold
_GIVEN = ("OPENPARTICIPANT_MASTER_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


class Run:
    """What one run handed out, and what its servers and commands wrote."""

    def __init__(self) -> None:
        self.secrets: set[bytes] = set()
        self._written: dict[bytes, str] = {}
        self._logs: set[Path] = set()
        self._token_at: str | None = None

    def answered(self, status: int, body: bytes) -> None:
        """Learn what an answer hands out; a refusal and metrics are searched themselves."""
        if status < 400:
            for found in _HANDED_OUT.finditer(body):
                self.learn(found[1] or found[2])
        if status >= 400:
            self.answered_with(f"an answer with status {status}", body)
        elif body.startswith(b"# HELP"):
            self.wrote("metrics", body)

    def served(self, data_dir: Path) -> None:
        """Learn the secrets of a data directory."""
        profile = configparser.RawConfigParser()
        profile.read(data_dir / "aws" / "credentials")
        for section in profile.sections():
            self.learn(profile[section].get("aws_secret_access_key", "").encode())
        # As the file is: the next process is to find what the last one left.
        database = f"file:{data_dir.absolute()}/openparticipant.sqlite3?mode=ro&immutable=1"
        with suppress(sqlite3.Error), closing(sqlite3.connect(database, uri=True)) as connection:
            for (secret,) in connection.execute("SELECT secret_access_key FROM access_keys"):
                self.learn(secret.encode())

    def given(self, settings: Iterable[str], environ: Mapping[str, str]) -> None:
        """Learn the secrets among the settings of a server, and in files that they name."""
        for name in _GIVEN:
            self.learn(environ.get(name, "").encode())
        for text in (*settings, *environ.values()):
            for password in _PASSWORD.findall(text):
                self.learn(password.encode())
            path = Path(text.rpartition("=")[2])
            if path.is_absolute() and "key" in path.name and path.is_file():
                self._learn_master_key(path.read_text("utf-8", "replace"))
        self._learn_master_key(environ.get("OPENPARTICIPANT_MASTER_KEY", ""))

    def logged(self, log: Path) -> None:
        """Search a log when the run is over."""
        self._logs.add(log)

    def wrote(self, where: str, text: bytes) -> None:
        """Keep what a secret could be part of, and where it was first seen."""
        if self._token_at is None and _TOKEN.search(text):
            self._token_at = f"{where}{_in_test()}"
        self.answered_with(where, text)

    def answered_with(self, where: str, text: bytes) -> None:
        """Keep the same of an answer, which may say again what its client has sent."""
        for found in _LONG.finditer(text):
            if found[0] not in self._written:
                self._written[found[0]] = f"{where}{_in_test()}"

    def leak(self) -> str | None:
        """Return the first place that tells a secret, never the secret itself."""
        for log in sorted(self._logs):
            if log.is_file():
                for number, line in enumerate(log.read_bytes().splitlines(), 1):
                    self.wrote(f"{log}:{number}", line)
        by_head: dict[bytes, list[bytes]] = {}
        for secret in self.secrets:
            by_head.setdefault(secret[:_SHORTEST], []).append(secret)
        for text, where in self._written.items():
            for at in range(len(text) - _SHORTEST + 1):
                secrets = by_head.get(text[at : at + _SHORTEST], ())
                if any(text.startswith(secret, at) for secret in secrets):
                    return where
        return self._token_at

    def learn(self, secret: bytes) -> None:
        """Learn one secret, if it is long enough to be told from other text."""
        if _LONG.fullmatch(secret):
            self.secrets.add(secret)

    def _learn_master_key(self, text: str) -> None:
        try:
            key = MasterKey.read(text)
        except ValueError:
            return
        for secret in (base64.b64decode(text), key.sealing_key, key.bus_key):
            self.learn(base64.b64encode(secret))
            self.learn(secret.hex().encode())


def _in_test() -> str:
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    return f" of {test}" if test else ""


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
_VERDICTS = pytest.StashKey[list[tuple[int, str | None]]]()
_SAID = "leaks"


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
    config.stash[_VERDICTS] = []
    listen_in(run, patch)


def listen_in(run: Run, patch: pytest.MonkeyPatch) -> None:
    """Tell this run alone of all that is handed out, given and written from now on."""
    _listen_to_servers(run, patch)
    _listen_to_writers(run, patch)


def _listen_to_servers(run: Run, patch: pytest.MonkeyPatch) -> None:
    def reading(self: http.client.HTTPResponse, amount: int | None = None) -> bytes:
        body = _read(self, amount)
        run.answered(self.status, body)
        return body

    def holding(self: KeyRing, key: AccessKey, stored: str) -> None:
        _hold(self, key, stored)
        run.learn(self._pairs[key.id].credentials.secret_access_key.encode())

    def serving(self: ServeProcess, data_dir: Path, *arguments: str, **more: Any) -> None:
        run.given(arguments, more.get("environment") or {})
        _serve(self, data_dir, *arguments, **more)

    def set_up(self: Server, data_dir: Path | None = None, **more: Any) -> None:
        run.given([text for text in more.values() if isinstance(text, str)], os.environ)
        _server(self, data_dir, **more)

    def ending(self: ServeProcess) -> None:
        _end(self)
        run.served(self.data_dir)
        run.logged(self.log)

    def stopping(self: Server) -> None:
        run.served(self.data_dir)
        _stop(self)

    patch.setattr(http.client.HTTPResponse, "read", reading)
    patch.setattr(KeyRing, "_hold", holding)
    patch.setattr(ServeProcess, "__init__", serving)
    patch.setattr(Server, "__init__", set_up)
    patch.setattr(ServeProcess, "end", ending)
    patch.setattr(Server, "stop", stopping)


def _listen_to_writers(run: Run, patch: pytest.MonkeyPatch) -> None:
    def logging(self: Log, stream: BinaryIO, worker: int | None = None) -> None:
        _log(self, _Tee(stream, run), worker)  # type: ignore[arg-type]

    def left(self: Outcome, status: int, out: bytes, err: str, sleeps: list[float]) -> None:
        run.answered_with("the stderr of a command", err.encode())
        _outcome(self, status, out, err, sleeps)

    def closing(self: Collector) -> None:
        for body in self.raw:
            run.wrote("a span", body)
        _close(self)

    patch.setattr(Log, "__init__", logging)
    patch.setattr(Outcome, "__init__", left)
    patch.setattr(Collector, "server_close", closing)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear from one of several processes that share the tests what it found."""
    if _VERDICTS in node.config.stash and _SAID in getattr(node, "workeroutput", {}):
        node.config.stash[_VERDICTS].append(tuple(node.workeroutput[_SAID]))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that leaks, and one that handed out nothing."""
    run = session.config.stash.get(_RUN, None)
    if run is None:
        return
    found = len(run.secrets), run.leak()
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_SAID] = found
        return
    verdicts = session.config.stash[_VERDICTS]
    verdicts.append(found)
    if not any(count for count, _ in verdicts) or any(where for _, where in verdicts):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was found."""
    verdicts = terminalreporter.config.stash.get(_VERDICTS, [])
    if not verdicts:
        return
    terminalreporter.section("leaks")
    told = [f"a secret stands in {where}" for _, where in verdicts if where]
    secrets = sum(count for count, _ in verdicts)
    if not secrets:
        told.append("no secret was handed out, so nothing was searched")
    for line in told or [f"none of {secrets} secrets stands anywhere"]:
        terminalreporter.line(line)
