"""The search for leaks finds what is planted."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from openparticipant.testing.chat import request
from openparticipant.testing.server import Server
from tests.leaks import FIND_LEAKS, Run, listen_in


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


_WHOLE = """
import io
from openparticipant.testing.server import Server

def test_it(tmp_path):
    with Server(tmp_path, log=io.BytesIO()) as server:
        chat = server.start_chat()
        server._log.write("info", "planted", 0, {"told": chat.MEMBER})
"""


@pytest.mark.parametrize(
    ("member", "verdict"), [("connection_token", "a secret stands in"), ("contact_id", "none of")]
)
def test_a_run_with_a_leak_fails(tmp_path: Path, member: str, verdict: str) -> None:
    """Though each of its tests passes."""
    (tmp_path / "test_it.py").write_text(_WHOLE.replace("MEMBER", member))
    words = [sys.executable, "-m", "pytest", "-p", "tests.leaks", FIND_LEAKS, str(tmp_path)]
    outcome = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert "1 passed" in outcome.stdout
    assert verdict in outcome.stdout
    assert outcome.returncode == (verdict != "none of")
