"""Where cases are played: a server, a home and certificates for each of the two programs."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from openparticipant.transport.authority import issue
from tests.cli.against_aws import plain, terminal
from tests.cli.against_aws.case import AUTHORITY, HOME, HOST, PORT, SECRET, STRANGER, URL, Case
from tests.cli.against_aws.seen import Seen
from tests.cli.recording import recording

BIN = Path(sys.executable).parent
AWS = BIN / "aws"
OURS = BIN / "openparticipant"
FULL = Path("/dev/full")
PATIENCE = 60
HELP = {"help", "--help", "-h"}
SURROUNDINGS = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
    "PAGER": "cat",
}


class Stage:
    """Plays cases; certificates are made once, in `directory`, at `at` in epoch milliseconds."""

    def __init__(self, directory: Path, at: int) -> None:
        issued = issue(directory / "trusted", ("127.0.0.1",), at=at)
        stranger = issue(directory / "stranger", ("127.0.0.1",), at=at)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(issued.certificate)
        self._bundles = {AUTHORITY: str(issued.ca_bundle), STRANGER: str(stranger.ca_bundle)}

    def play(self, program: Path, case: Case) -> Seen:
        """Run a program on a case and return what it was seen to do."""
        with (
            TemporaryDirectory(prefix="home") as home,
            recording(*case.answers, tls=self._tls if case.tls else None) as server,
        ):
            host = server.url.partition("://")[2]
            names = {URL: server.url, HOST: host, HOME: home, **self._bundles}
            names[PORT] = host.rpartition(":")[2]
            for path, content in case.files.items():
                file = Path(home, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(
                    _with(names, os.fsdecode(content)).encode(errors="surrogateescape")
                )
            ran = _run(program, case, names, Path(home))
            return _seen(case, ran, [plain.request(it) for it in server.requests], names)


def _with(names: dict[str, str], text: str) -> str:
    for name, value in names.items():
        text = text.replace(name, value)
    return text


def _run(
    program: Path, case: Case, names: dict[str, str], home: Path
) -> subprocess.CompletedProcess[bytes]:
    line = [str(program), *(_with(names, word) for word in case.words)]
    variables = {
        **SURROUNDINGS,
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        **case.environ,
    }
    environ = {key: _with(names, each) for key, each in variables.items() if each is not None}
    if case.columns is not None:
        return terminal.run(line, environ, home, case.columns, PATIENCE)
    if case.outlet == "closed":
        line = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *line]
    outlet = _open(case)
    try:
        return subprocess.run(
            line,
            env=environ,
            cwd=home,
            input=case.stdin,
            stdout=outlet,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        if outlet != subprocess.PIPE:
            os.close(outlet)


def _open(case: Case) -> int:
    """Return what standard output leads to."""
    if case.outlet == "full disk":
        return os.open(FULL, os.O_WRONLY)
    if case.outlet == "reader gone":
        reader, writer = os.pipe()
        os.close(reader)
        return writer
    return subprocess.PIPE


def _seen(
    case: Case, ran: subprocess.CompletedProcess[bytes], asked: list[str], names: dict[str, str]
) -> Seen:
    out = (ran.stdout or b"").decode("utf-8", "surrogateescape")
    said = ran.stderr.decode("utf-8", "surrogateescape")
    is_help = ran.returncode == 0 and not HELP.isdisjoint(case.words)
    secret = SECRET if "--debug" in case.words else None
    return Seen(
        ran.returncode,
        plain.named(plain.output(out, is_help=is_help), names),
        plain.named(plain.sentence(said, secret), names),
        tuple(plain.named(each, names) for each in asked),
    )
