"""How a command tries again."""

from __future__ import annotations

import os
import subprocess
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openparticipant.cli.attempts import LONGEST_WISH, Attempts
from openparticipant.cli.environment import Environment
from openparticipant.cli.retries import MODES, Retries
from tests.cli.against_aws.stage import AWS, BIN
from tests.cli.raw_server import HANG_UP, http, saying
from tests.cli.recording import Recorded, Recorder, Reply, json_reply, recording
from tests.cli.worlds import AT, START, TOKEN, Outcome, command
from tests.requirements import require

OK = json_reply({"AttachmentId": "i"})


def start(server: Recorder, *, terminal: bool = False, **environ: str) -> Outcome:
    words = (*START, *TOKEN, "--endpoint-url", server.url)
    return command(*words, environ=environ, terminal=terminal)


def asking_to_wait(wish: str, status: int = 503) -> Reply:
    return Reply(status, b"", {"Retry-After": wish})


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("600", LONGEST_WISH),
        ("9" * 5000, LONGEST_WISH),
        (formatdate(AT / 1000 + 30, usegmt=True), 30),
        (formatdate(AT / 1000 + 9999, usegmt=True), LONGEST_WISH),
    ],
)
def test_a_server_may_ask_for_time(wish: str, seconds: float) -> None:
    """`Retry-After` is the least that is waited, up to a minute, as seconds or as a date."""
    with recording(asking_to_wait(wish), OK) as server:
        outcome = start(server)

    assert outcome.status == 0
    assert len(outcome.sleeps) == 1
    # The clock of these tests goes on by 40 ms a look.
    assert seconds - 1 < outcome.sleeps[0] <= seconds


@pytest.mark.parametrize(
    "wish", ["0", "-5", "soon", "", "1.5", "٣", formatdate(AT / 1000 - 30, usegmt=True)]
)
def test_a_wish_that_is_none_changes_nothing(wish: str) -> None:
    """The pause is then the one drawn by chance."""
    with recording(asking_to_wait(wish.encode().decode("latin-1")), OK) as server:
        outcome = start(server)

    assert outcome.status == 0
    assert 0 <= outcome.sleeps[0] < 1


def test_a_wish_holds_once() -> None:
    """The next answer that does not ask is not waited for as long."""
    with recording(asking_to_wait("50"), Reply(503), OK) as server:
        outcome = start(server)

    assert [pause < 2 for pause in outcome.sleeps] == [False, True]


def test_an_answer_that_is_final_is_not_waited_for() -> None:
    """A refusal is told at once, whatever it asks for."""
    with recording(asking_to_wait("50", 403)) as server:
        outcome = start(server)

    assert outcome.sleeps == []
    assert len(server.requests) == 1


@given(st.text(max_size=40) | st.integers().map(str) | st.datetimes().map(str))
def test_no_wish_breaks_a_command(wish: str) -> None:
    """A header is a stranger's text; the pause stays within bounds."""
    sleeps: list[float] = []
    world = Environment(
        arguments=[],
        environ={},
        stdin=None,
        stdout=None,
        stderr=None,
        clock=lambda: AT,
        sleep=sleeps.append,
        entropy=bytes,
    )
    times = Attempts(world, Retries(most=2))
    for _ in times:
        times.heed(wish)

    assert 0 <= sleeps[0] <= LONGEST_WISH


def test_who_waits_at_a_terminal_is_told() -> None:
    """A line says how long, and goes away; where nobody looks, or for a moment, there is none."""
    with recording(asking_to_wait("12"), OK) as server:
        seen = start(server, terminal=True)
    with recording(asking_to_wait("12"), OK) as server:
        unseen = start(server)
    with recording(Reply(503), OK) as server:
        short = start(server, terminal=True)

    assert seen.err == "\r\x1b[Kretry in 12 s\r\x1b[K"
    assert unseen.err == ""
    assert short.err == ""


@pytest.mark.parametrize(
    ("mode", "tried"), [("legacy", 5), ("standard", 3), ("adaptive", 3)], ids=MODES
)
def test_modes_differ_in_patience(mode: str, tried: int) -> None:
    """The number of attempts, and what is tried again, are the mode's."""
    with recording(Reply(503)) as server:
        start(server, AWS_RETRY_MODE=mode)
        asked = len(server.requests)
    with recording(Reply(509)) as server:
        start(server, AWS_RETRY_MODE=mode)
        given_up = len(server.requests)

    assert asked == tried
    assert given_up == (5 if mode == "legacy" else 1)


def test_a_storage_that_asks_for_time_gets_it(tmp_path: Path) -> None:
    """Object storage is asked again by the same rule as the service."""
    (tmp_path / "a.txt").write_text("hello")
    of_storage = [asking_to_wait("9"), Reply(200)]

    def script(request: Recorded) -> Reply:
        if request.method == "PUT":
            return of_storage.pop(0)
        upload = {"Url": f"{server.url}/store?X-Amz-Signature=s", "HeadersToInclude": {}}
        return json_reply({"AttachmentId": "i", "UploadMetadata": upload})

    with recording(script=script) as server:
        words = ("attach", *TOKEN, str(tmp_path / "a.txt"), "--endpoint-url", server.url)
        outcome = command(*words)

    assert outcome.status == 0, outcome.err
    assert outcome.sleeps == [9.0]


DATED = http("503 Slow", b"", "Date: Mon, 01 Jan 2024 23:59:30 GMT")


def test_each_attempt_counts_as_those_of_aws_do(tmp_path: Path) -> None:
    """The header tells number, most, and how long the answer is awaited by the server's clock.

    A connection that breaks leaves the last known time as it is.
    """
    require(AWS.exists(), "the aws command")
    seen = []
    for program in (AWS, BIN / "openparticipant"):
        with saying([DATED], [HANG_UP]) as server:
            subprocess.run(
                [
                    *(program, "connectparticipant", *START, *TOKEN, "--no-sign-request"),
                    *("--endpoint-url", server.url, "--region", "x", "--cli-read-timeout", "45"),
                ],
                env={
                    "HOME": str(tmp_path),
                    "PATH": os.environ["PATH"],
                    "AWS_MAX_ATTEMPTS": "3",
                },
                capture_output=True,
                check=False,
            )
        lines = [line for head in server.heads for line in head.splitlines()]
        seen.append([line for line in lines if line.lower().startswith("amz-sdk-request")])

    assert seen[0] == seen[1]
    assert seen[1][0].endswith(": attempt=1")
    assert seen[1][2].endswith(": ttl=20240102T000015Z; attempt=3; max=3")


@pytest.mark.parametrize("date", ["yesterday", ""])
def test_without_a_date_there_is_no_time_to_live(date: str) -> None:
    """A stranger's clock is not guessed."""
    with saying([http("503 Slow", b"", f"Date: {date}")]) as server:
        command(*START, *TOKEN, "--endpoint-url", server.url)

    assert "amz-sdk-request: attempt=5; max=5" in server.heads[4].splitlines()


def test_the_time_to_live_stays_until_there_is_another() -> None:
    """An answer without a date says nothing new."""
    with saying([DATED], [http("503 Slow")]) as server:
        command(*START, *TOKEN, "--endpoint-url", server.url)

    for attempt in (2, 3):
        line = f"amz-sdk-request: ttl=20240102T000030Z; attempt={attempt}; max=5"
        assert line in server.heads[attempt - 1].splitlines()


def test_who_waits_for_ever_sets_no_time_to_live() -> None:
    """There is no end to tell."""
    with saying([DATED]) as server:
        words = ("--endpoint-url", server.url, "--cli-read-timeout", "0")
        command(*START, *TOKEN, *words, environ={"AWS_MAX_ATTEMPTS": "2"})

    assert "amz-sdk-request: attempt=2; max=2" in server.heads[1].splitlines()
