"""How a command ends when the world does not play along."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.cli.recording import Recorded, Reply, json_reply, recording
from tests.cli.worlds import START, TOKEN, command
from tests.requirements import require

PROGRAM = [sys.executable, "-m", "openparticipant"]
PATIENCE = 20


class Failing:
    """An output that takes nothing."""

    def __init__(self, number: int) -> None:
        self._number = number

    def write(self, data: bytes | memoryview, /) -> int | None:
        """Fail."""
        del data
        raise OSError(self._number, os.strerror(self._number))


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (errno.EPIPE, 141, ""),
        (errno.ENOSPC, 255, "\n[Errno 28] No space left on device\n"),
    ],
)
def test_output_that_cannot_be_written_is_an_error(number: int, status: int, said: str) -> None:
    """An answer that was paid for is never lost without a word; a reader that left is told so."""
    with recording(json_reply({"AttachmentId": "i"})) as server:
        words = (*START, *TOKEN, "--endpoint-url", server.url)
        outcome = command(*words, stdout=Failing(number))

    assert (outcome.status, outcome.err) == (status, said)


def test_a_closed_pipe_ends_the_process_quietly() -> None:
    """The interpreter adds no complaint of its own at the end."""
    process = subprocess.Popen([*PROGRAM, "help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()

    assert process.wait(PATIENCE) in {0, 141}
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_full_disk_is_told() -> None:
    """The exit status says that the output is not whole."""
    require(Path("/dev/full").exists(), "/dev/full")
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [*PROGRAM, "--version"], stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert ran.returncode == 255
    assert ran.stderr == b"\n[Errno 28] No space left on device\n"


def test_an_interrupt_ends_with_130() -> None:
    """Ctrl-C while waiting is an end like any other, without a traceback."""
    asked, free = threading.Event(), threading.Event()

    def script(_: Recorded) -> Reply:
        asked.set()
        free.wait(PATIENCE)
        return Reply()

    with recording(script=script) as server:
        process = subprocess.Popen(
            [*PROGRAM, *START, *TOKEN, "--endpoint-url", server.url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert asked.wait(PATIENCE)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
        free.set()

    assert (process.returncode, out, err) == (130, b"\n", b"")


@pytest.mark.parametrize("secret", ["a\nb", "a\rb"])
def test_a_token_that_cannot_travel_is_not_shown(secret: str) -> None:
    """What cannot be a header is refused before sending, and a token never reaches stderr."""
    with recording() as server:
        words = (*START, f"--connection-token={secret}", "--endpoint-url", server.url)
        outcome = command(*words)

    assert outcome.status == 255
    assert "Invalid header value" in outcome.err
    assert secret not in outcome.err
    assert "a\\n" not in outcome.err
    assert server.requests == []


def test_debug_shows_the_exchange_without_secrets() -> None:
    """A trace can be posted in public: no token, no signature, in neither direction."""
    reply = json_reply(
        {
            "Websocket": {"Url": "wss://h/s?AuthToken=SECRET1"},
            "ConnectionCredentials": {"ConnectionToken": "SECRET2", "Expiry": "soon"},
        }
    )
    with recording(reply) as server:
        outcome = command(
            "create-participant-connection",
            *("--participant-token", "SECRET3", "--debug"),
            *("--endpoint-url", server.url),
        )

    assert outcome.status == 0
    assert "SECRET" not in outcome.err
    assert f"> POST {server.url}/participant/connection" in outcome.err
    assert "< 200 OK" in outcome.err
    assert '"Expiry": "soon"' in outcome.err
    assert b"SECRET1" in outcome.out
    assert b"SECRET2" in outcome.out
