"""`--cli-input-json` where it is better than AWS's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.recording import Recorded, recording
from tests.cli.worlds import Outcome, command

SECRET = "SECRET-TOKEN"
FULL = {
    "ContentType": "text/plain",
    "AttachmentSizeInBytes": 5,
    "AttachmentName": "a.txt",
    "ConnectionToken": "JT",
}
SAU = "start-attachment-upload"


def sent(
    *words: str, stdin: bytes = b"", environ: dict[str, str] | None = None
) -> tuple[Outcome, Recorded]:
    with recording() as server:
        outcome = command(
            SAU, *words, "--endpoint-url", server.url, stdin=stdin, environ=environ or {}
        )
    assert outcome.status == 0, outcome.err
    (request,) = server.requests
    return outcome, request


def test_a_dash_reads_standard_input() -> None:
    """So that no token stands in the process list; a byte-order mark does no harm."""
    text = b"\xef\xbb\xbf" + json.dumps(FULL).encode()
    _, request = sent("--cli-input-json", "-", stdin=text)

    assert request.json["AttachmentName"] == "a.txt"
    assert request.header("x-amz-bearer") == "JT"


def test_token_and_json_may_both_come_from_standard_input() -> None:
    """The token is its first line."""
    text = b"FIRST\n" + json.dumps(FULL).encode()
    _, request = sent("--cli-input-json", "-", "--connection-token", "-", stdin=text)

    assert request.header("x-amz-bearer") == "FIRST"


@pytest.mark.parametrize("named", [True, False])
def test_a_token_in_the_json_beats_the_environments(*, named: bool) -> None:
    """What is closer to the call counts; the environment stands in where there is none."""
    given = FULL if named else {k: v for k, v in FULL.items() if k != "ConnectionToken"}
    environ = {"OPENPARTICIPANT_CONNECTION_TOKEN": "ENV"}
    _, request = sent("--cli-input-json", json.dumps(given), environ=environ)

    assert request.header("x-amz-bearer") == ("JT" if named else "ENV")
    assert "ConnectionToken" not in request.json


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'{{"ConnectionToken": "{SECRET}"', "Invalid JSON: Expecting ',' delimiter: line 1"),
        (f"http://127.0.0.1:1/{SECRET}", "Invalid JSON: Expecting value: line 1 column 1"),
        (f'{{"ConnectionToken": ["{SECRET}"]}}', "ConnectionToken, value: [hidden], type: <class "),
        ("[" * 100_000, "maximum recursion depth exceeded"),
    ],
)
def test_a_token_in_wrong_json_is_not_shown(text: str, said: str) -> None:
    """AWS's command shows all that it received, and fetches what looks like a URL."""
    outcome = command(SAU, "--cli-input-json", text, "--endpoint-url", "http://127.0.0.1:1")

    assert outcome.status == 255
    assert said in outcome.err
    assert SECRET not in outcome.err


def test_a_token_from_a_file_of_bytes_is_not_shown(tmp_path: Path) -> None:
    """The sentence about the type says the type."""
    path = tmp_path / "t"
    path.write_text(SECRET)
    outcome = command(
        *(SAU, "--cli-input-json", "{}", "--connection-token", f"fileb://{path}"),
        *("--endpoint-url", "http://127.0.0.1:1"),
    )

    assert "ConnectionToken, value: [hidden], type: <class 'bytes'>" in outcome.err


def test_a_file_that_can_be_read_once_is_read_once() -> None:
    """Such as `/dev/stdin`, which AWS's command reads twice and finds empty."""
    text = json.dumps(FULL).encode()
    with recording() as server:
        words = ("--cli-input-json", "file:///dev/stdin", "--endpoint-url", server.url)
        ran = subprocess.run(
            [sys.executable, "-m", "openparticipant", SAU, *words],
            input=text,
            capture_output=True,
            check=False,
        )

    assert ran.returncode == 0, ran.stderr
    assert server.requests[0].json["AttachmentName"] == "a.txt"
