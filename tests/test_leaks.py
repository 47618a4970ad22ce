"""The search for leaks finds what is planted."""

from __future__ import annotations

import base64
import http.client
import io
import json
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from openparticipant.domain.access_key import Purpose
from openparticipant.master_key import MasterKey
from openparticipant.testing.chat import request
from openparticipant.testing.server import Server
from tests.cli.worlds import Outcome
from tests.leaks import FIND_LEAKS, Run, listen_in
from tests.tracing.collector import collecting


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what is learned of all servers of a test."""
    run = Run()
    listen_in(run, monkeypatch)
    return run


def test_a_run_that_tells_nothing_is_clean(listening: Run, tmp_path: Path) -> None:
    """Each kind of secret is known by then: tokens, signatures, keys."""
    with Server(tmp_path, log=io.BytesIO()) as server:
        chat = server.start_chat()
        started = chat.start_upload()
        socket_url = chat.websocket_url()
        issued = {
            chat.participant_token,
            chat.connection_token,
            started.json["UploadMetadata"]["Url"].partition("X-Amz-Signature=")[2],
            socket_url.partition("AuthToken=")[2],
            server.credentials["aws_secret_access_key"],
            server.node._keys.newest(Purpose.OBJECTS).secret_access_key,
        }
        assert chat.call("nowhere").status == 404
        request("GET", f"{server.admin_url}/metrics")
    assert {one.encode() for one in issued} <= listening.secrets
    assert listening.leak() is None


@pytest.mark.parametrize("planted", ["log", "process", "answer", "metrics"])
def test_a_planted_secret_is_found(listening: Run, tmp_path: Path, planted: str) -> None:
    """Wherever it stands; the place is named, and the secret is not."""
    with Server(tmp_path, log=io.BytesIO()) as server:
        token = server.start_chat().connection_token
        if planted == "log":
            server._log.write("info", "planted", 0, {"detail": f"see?AuthToken={token}&x"})
    if planted == "process":
        log = tmp_path / "log"
        log.write_text(f"{json.dumps({'at': 1})}\n{json.dumps({'detail': token})}\n")
        listening.logged(log)
    elif planted == "answer":
        listening.answered(403, f"<Message>x{token}</Message>".encode())
    elif planted == "metrics":
        listening.answered(200, f'# HELP a\na{{b="{token}"}} 1\n'.encode())
    where = listening.leak()
    assert where is not None
    assert token not in where


def test_what_a_server_was_given_is_known(listening: Run, tmp_path: Path) -> None:
    """Master keys with all that is made of them, key pairs and passwords: of variables and of files."""
    text = base64.b64encode(bytes(range(32, 64))).decode()
    master = MasterKey.read(text)
    (tmp_path / "master-key").write_text(f"{text}\n")
    words = [f"--master-key-file={tmp_path}/master-key", "--bus=nats://us:password-of-the-bus@host"]
    listening.given(words, {"AWS_SECRET_ACCESS_KEY": "a" * 40})
    for form in (text, bytes(range(32, 64)).hex(), master.bus_key.hex(), master.sealing_key.hex()):
        assert form.encode() in listening.secrets
    assert b"a" * 40 in listening.secrets

    other = Run()
    other.given([], {"OPENPARTICIPANT_MASTER_KEY": text})
    assert other.secrets < listening.secrets


def test_what_looks_like_a_token_is_one(listening: Run) -> None:
    """Whoever it was handed to, wherever a server wrote it; a hash in an answer is none."""
    unknown = secrets.token_hex(32).encode()
    listening.answered(403, b"<StringToSign>%b</StringToSign>" % unknown)
    assert listening.leak() is None
    listening.wrote("a log", b'{"detail": "%b"}' % unknown)
    assert str(listening.leak()).startswith("a log of tests/test_leaks.py::")


def test_spans_are_read(listening: Run) -> None:
    """As they are sent."""
    with collecting() as collector:
        sent = http.client.HTTPConnection("127.0.0.1", collector.server_port)
        listening.answered(200, b'{"ConnectionToken": "%b"}' % (b"c" * 64))
        sent.request("POST", "/v1/traces", b"\x0a\x40" + b"c" * 64)
        assert sent.getresponse().read() == b""
        sent.close()
    assert str(listening.leak()).startswith("a span of ")


def test_the_stderr_of_commands_is_read(listening: Run) -> None:
    """A token that a command was given is not said again."""
    listening.answered(200, b'{"ConnectionToken": "%b"}' % (b"c" * 64))
    Outcome(0, b"c" * 64, "", [])
    assert listening.leak() is None
    Outcome(1, b"", f"no such token: {'c' * 64}", [])
    assert str(listening.leak()).startswith("the stderr of a command of ")


_WHOLE = """
import io
from openparticipant.testing.server import Server

def test_it(tmp_path):
    with Server(tmp_path, log=io.BytesIO()) as server:
        chat = server.start_chat()
        server._log.write("info", "planted", 0, {"told": chat.MEMBER})
"""


@pytest.mark.parametrize("processes", ["1", "2"])
@pytest.mark.parametrize(
    ("member", "verdict"), [("connection_token", "a secret stands in"), ("contact_id", "none of")]
)
def test_a_run_with_a_leak_fails(tmp_path: Path, member: str, verdict: str, processes: str) -> None:
    """Though each of its tests passes, and in whatever process."""
    (tmp_path / "test_it.py").write_text(_WHOLE.replace("MEMBER", member))
    words = [sys.executable, "-m", "pytest", "-p", "tests.leaks", FIND_LEAKS, str(tmp_path)]
    words += ["-n", processes] if processes != "1" else []
    outcome = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert "1 passed" in outcome.stdout
    assert verdict in outcome.stdout
    assert outcome.returncode == (verdict != "none of")
