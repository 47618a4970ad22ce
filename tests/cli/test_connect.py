"""`connect`: the operations of the control plane."""

from __future__ import annotations

from pathlib import Path

import pytest

from openparticipant.sigv4 import Credentials, verify
from tests.cli.recording import Recorder, Reply, json_reply, recording
from tests.cli.worlds import AT, Outcome, command

KEYS = {
    "AWS_ACCESS_KEY_ID": "AK",
    "AWS_SECRET_ACCESS_KEY": "SK-SECRET",
    "AWS_SESSION_TOKEN": "ST-SECRET",
    "AWS_DEFAULT_REGION": "r1",
}
DESCRIBE = ("describe-contact", "--instance-id", "a/b c", "--contact-id", "é")
STOP = ("stop-contact", "--instance-id", "i", "--contact-id", "c")
BUSY = json_reply({"__type": "ThrottlingException"}, 429)


def connect(server: Recorder, *words: str, at: int = AT) -> Outcome:
    return command("connect", *words, "--endpoint-url", server.url, environ=KEYS, at=at)


def check(server: Recorder, at: int = AT) -> None:
    """Let our own server's check look at every request."""
    for request in server.requests:
        verify(
            method=request.method,
            path=request.path.encode(),
            query=b"",
            headers=[(name.encode(), value.encode()) for name, value in request.headers],
            region="r1",
            service="connect",
            at=at,
            lookup={"AK": Credentials("AK", "SK-SECRET", "ST-SECRET")}.get,
            body=request.body,
        )


@pytest.mark.parametrize("words", [DESCRIBE, STOP])
def test_a_request_is_signed(words: tuple[str, ...]) -> None:
    """Method, escaped path, body and content type are under the signature."""
    with recording() as server:
        outcome = connect(server, *words)

    assert (outcome.status, outcome.err) == (0, "")
    assert len(server.requests) == 1
    check(server)


def test_every_attempt_is_signed_anew() -> None:
    """A signature is good for minutes; the client token stays."""
    words = ("--contact-flow-id", "f", "--participant-details", "DisplayName=J")
    with recording(BUSY, Reply()) as server:
        outcome = connect(server, "start-chat-contact", "--instance-id", "i", *words)

    assert (outcome.status, len(outcome.sleeps)) == (0, 1)
    first, second = server.requests
    assert first.body == second.body
    check(server)


def test_nothing_secret_is_shown() -> None:
    """Neither keys nor signature nor session token, nor the token in the answer."""
    answer = json_reply({"ParticipantCredentials": {"ParticipantToken": "PT-SECRET"}})
    words = ("--contact-id", "c", "--participant-details", "ParticipantRole=AGENT")
    with recording(answer) as server:
        outcome = connect(server, "create-participant", "--instance-id", "i", *words, "--debug")

    assert b"PT-SECRET" in outcome.out
    assert "SECRET" not in outcome.err
    assert "Signature=" not in outcome.err
    assert "authorization: [hidden]" in outcome.err.lower()


def test_an_operation_that_is_none_is_named() -> None:
    """With what may have been meant; the rest of AWS's operations are not here."""
    outcome = command("connect", "start-chat-contacts")

    assert outcome.status == 2
    assert "argument operation: Invalid choice" in outcome.err
    assert "did you mean start-chat-contact?" in outcome.err
    assert command("connect", "list-instances").status == 2
    assert command("start-chat-contact").status == 2


@pytest.mark.parametrize("option", ["--related-contact-id", "--customer-id"])
def test_an_option_that_only_aws_has_is_named(option: str) -> None:
    """It is not swallowed: the chat would be another one."""
    words = ("--instance-id", "i", "--contact-flow-id", "f", "--participant-details", "{}")
    outcome = command("connect", "start-chat-contact", *words, option, "x", environ=KEYS)

    assert outcome.status == 255
    assert f"\nUnknown options: {option}, x\n" in outcome.err


def test_a_sample_of_a_contact_obeys_the_model() -> None:
    """A moment is a number, as in an answer."""
    outcome = command("connect", *DESCRIBE, "--generate-cli-skeleton", "output")

    assert outcome.json["Contact"]["InitiationTimestamp"] == 0
    assert outcome.json["Contact"]["Attributes"] == {"KeyName": "Value"}


@pytest.mark.parametrize("value", ["soon", [], 1.5e18])
def test_a_moment_that_is_none_is_named(value: object, tmp_path: Path) -> None:
    """Where it was to be written in another form."""
    (tmp_path / "config").write_text("[default]\ncli_timestamp_format = iso8601\n")
    environ = {**KEYS, "AWS_CONFIG_FILE": str(tmp_path / "config")}
    with recording(json_reply({"Contact": {"InitiationTimestamp": value}})) as server:
        words = ("--endpoint-url", server.url)
        outcome = command("connect", *DESCRIBE, *words, environ=environ)

    assert outcome.status == 255
    assert outcome.err.startswith(f'\nInvalid timestamp "{value}": ')


def test_members_that_only_aws_has_are_not_printed() -> None:
    """As with `aws`, what the table does not know falls off; here the table is the smaller."""
    with recording(json_reply({"Contact": {"Id": "c", "QueueInfo": {"Id": "q"}}})) as server:
        outcome = connect(server, *DESCRIBE)

    assert outcome.json == {"Contact": {"Id": "c"}}
