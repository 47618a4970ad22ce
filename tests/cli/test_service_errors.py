"""What the service refuses, and how often it is asked."""

from __future__ import annotations

import re
import threading

import pytest

from tests.cli.recording import DROP, PATIENCE, Recorded, Recorder, Reply, json_reply, recording
from tests.cli.worlds import START, TOKEN, UUID, Outcome, command

PREFIX = "An error occurred ({}) when calling the StartAttachmentUpload operation{}: {}"


def start(server: Recorder, **environ: str) -> Outcome:
    return command(*START, *TOKEN, "--endpoint-url", server.url, environ=environ)


@pytest.mark.parametrize(
    ("reply", "code", "message"),
    [
        (
            json_reply({"Message": "bad", "__type": "ValidationException"}, 400),
            "ValidationException",
            "bad",
        ),
        (json_reply({"message": "bad", "__type": "a.b#Coded:http://x"}, 400), "Coded", "bad"),
        (json_reply({"Message": "b"}, 400, **{"x-amzn-ErrorType": "X:http://y/"}), "X", "b"),
        (json_reply({"Message": "b", "code": "C"}, 403), "C", "b"),
        (json_reply({}, 403), "403", ""),
        (Reply(403, b""), "403", ""),
        (Reply(403, b"not json"), "403", "not json"),
        (Reply(301, b""), "301", ""),
        (Reply(501, b"<html>x"), "501", "Not Implemented"),
        (json_reply({"Message": "m", "__type": "TeapotException"}, 418), "TeapotException", "m"),
    ],
)
def test_a_refusal_is_one_sentence(reply: Reply, code: str, message: str) -> None:
    """Code and message come from header or body as SDKs find them; the exit status is 255."""
    with recording(reply) as server:
        outcome = start(server)

    assert outcome.status == 255
    assert outcome.out == b""
    assert outcome.err == f"\n{PREFIX.format(code, '', message)}\n"
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 509])
def test_what_may_pass_is_tried_five_times(status: int) -> None:
    """Each pause is longer by chance, and the sentence tells that it was tried again."""
    with recording(json_reply({"Message": "slow", "__type": "T"}, status)) as server:
        outcome = start(server)

    assert len(server.requests) == 5
    assert outcome.err == f"\n{PREFIX.format('T', ' (reached max retries: 4)', 'slow')}\n"
    assert [0 <= pause < 2**n for n, pause in enumerate(outcome.sleeps)] == [True] * 4
    assert len(set(outcome.sleeps)) == 4


def test_throttling_with_400_is_tried_again() -> None:
    """Some services throttle with 400; the code tells."""
    replies = (
        json_reply({"__type": "ThrottlingException"}, 400),
        json_reply({"AttachmentId": "i"}),
    )
    with recording(*replies) as server:
        outcome = start(server)

    assert outcome.json == {"AttachmentId": "i"}
    assert len(server.requests) == 2


def test_every_attempt_is_the_same_request() -> None:
    """One client token is made and kept, so that a repeat cannot start a second upload."""
    with recording(DROP, Reply(503), json_reply({"AttachmentId": "i"})) as server:
        outcome = start(server)

    assert outcome.status == 0, outcome.err
    first, second, third = server.requests
    assert first.body == second.body == third.body
    assert re.fullmatch(UUID, first.json["ClientToken"])
    assert list(first.json)[-1] == "ClientToken"
    ids = {request.header("amz-sdk-invocation-id") for request in server.requests}
    assert len(ids) == 1
    counts = [str(request.header("amz-sdk-request")) for request in server.requests]
    assert [re.sub(r"ttl=\d{8}T\d{6}Z; ", "", count) for count in counts] == [
        "attempt=1",
        "attempt=2; max=5",
        "attempt=3; max=5",
    ]


def test_a_connection_that_closes_is_named() -> None:
    """After all attempts the sentence names the URL, without a count."""
    with recording(DROP) as server:
        outcome = start(server, AWS_MAX_ATTEMPTS="2")

    assert len(server.requests) == 2
    assert outcome.status == 255
    assert outcome.err == (
        "\nConnection was closed before we received a valid response from endpoint URL: "
        f'"{server.url}/participant/start-attachment-upload".\n'
    )


def test_an_answer_cut_short_is_no_answer() -> None:
    """Half an answer must not be taken for a whole one."""
    reply = Reply(200, b'{"AttachmentId": "i"}', cut=10)
    with recording(reply, json_reply({"AttachmentId": "j"})) as server:
        outcome = start(server)

    assert outcome.json == {"AttachmentId": "j"}


def test_a_server_that_says_nothing_is_given_up() -> None:
    """The time-out holds for the answer, and the sentence names the URL."""
    free = threading.Event()

    def silent(_: Recorded) -> Reply:
        free.wait(PATIENCE)
        return Reply()

    with recording(script=silent) as server:
        words = ("--endpoint-url", server.url, "--cli-read-timeout", "1")
        outcome = command(*START, *TOKEN, *words, environ={"AWS_MAX_ATTEMPTS": "1"})
        free.set()

    url = f"{server.url}/participant/start-attachment-upload"
    assert (outcome.status, outcome.err) == (255, f'\nRead timeout on endpoint URL: "{url}"\n')


def test_nobody_listens() -> None:
    """A refused connection is tried again, then named."""
    url = "http://127.0.0.1:1"
    outcome = command(*START, *TOKEN, "--endpoint-url", url)

    assert len(outcome.sleeps) == 4
    assert (outcome.status, outcome.err) == (
        255,
        f'\nCould not connect to the endpoint URL: "{url}/participant/start-attachment-upload"\n',
    )


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("abc", "invalid literal for int() with base 10: 'abc'"),
        ("0", 'Value provided to "max_attempts": 0 must be an integer greater than or equal to 1.'),
    ],
)
def test_a_senseless_number_of_attempts_is_refused(setting: str, sentence: str) -> None:
    """Nothing is sent on a setting that makes no sense."""
    with recording() as server:
        outcome = start(server, AWS_MAX_ATTEMPTS=setting)

    assert (outcome.status, outcome.err) == (255, f"\n{sentence}\n")
    assert server.requests == []
