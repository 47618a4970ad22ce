"""`start-chat`: signed calls, and tokens for the shell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from openparticipant.sigv4 import Credentials, verify
from tests.cli.recording import Recorded, Recorder, Reply, json_reply, recording
from tests.cli.worlds import AT, Outcome, command

KEYS = {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK", "AWS_DEFAULT_REGION": "r1"}


def script(request: Recorded) -> Reply:
    answers = {
        "/contact/chat": {"ContactId": "c", "ParticipantId": "p", "ParticipantToken": "pt"},
        "/contact/create-participant": {
            "ParticipantId": "q",
            "ParticipantCredentials": {"ParticipantToken": "qt", "Expiry": "later"},
        },
        "/participant/connection": {
            "ConnectionCredentials": {"ConnectionToken": "it's", "Expiry": "soon"}
        },
    }
    return json_reply(answers[request.path])


def run(server: Recorder, *words: str, environ: Mapping[str, str] = KEYS) -> Outcome:
    return command("start-chat", *words, "--endpoint-url", server.url, environ=environ)


def test_a_customer_gets_everything_as_json() -> None:
    """A chat is started, connected to without a socket, and all ids and tokens are printed."""
    with recording(script=script) as server:
        outcome = run(server)

    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.json == {
        "ContactId": "c",
        "ParticipantId": "p",
        "ParticipantToken": "pt",
        "ConnectionToken": "it's",
        "Expiry": "soon",
    }
    start, connect = server.requests
    assert (start.method, start.path) == ("PUT", "/contact/chat")
    assert {**start.json, "ClientToken": ""} == {
        "InstanceId": "default",
        "ContactFlowId": "default",
        "ParticipantDetails": {"DisplayName": "Customer"},
        "ClientToken": "",
    }
    assert connect.header("x-amz-bearer") == "pt"
    assert connect.json == {"Type": ["CONNECTION_CREDENTIALS"], "ConnectParticipant": True}
    assert connect.header("authorization") is None


@pytest.mark.parametrize("session", [None, "ST"])
def test_the_control_plane_is_called_with_a_signature(session: str | None) -> None:
    """The signature is the one that a server checks: key, region, service, time and body."""
    keys = Credentials("AK", "SK", session)
    environ = {**KEYS, **({"AWS_SESSION_TOKEN": session} if session else {})}
    with recording(script=script) as server:
        run(server, environ=environ)

    request = server.requests[0]
    verify(
        method=request.method,
        path=request.path.encode(),
        query=b"",
        headers=[(name.encode(), value.encode()) for name, value in request.headers],
        region="r1",
        service="connect",
        at=AT,
        lookup={"AK": keys}.get,
        body=request.body,
    )


@pytest.mark.parametrize(("words", "key"), [([], "AK"), (["--profile", "p"], "PK")])
def test_a_profile_that_is_asked_for_beats_the_environment(
    tmp_path: Path, words: list[str], key: str
) -> None:
    """Keys in the environment are a default; a profile by name is a wish."""
    keys = "aws_access_key_id = PK\naws_secret_access_key = PS\n"
    (tmp_path / "credentials").write_text(f"[default]\nx = y\n[p]\n{keys}")
    environ = KEYS | {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials")}
    with recording(script=script) as server:
        outcome = run(server, *words, environ=environ)

    assert outcome.status == 0, outcome.err
    assert f" Credential={key}/" in (server.requests[0].header("authorization") or "")


def test_the_answer_has_every_form() -> None:
    """As that of an operation has, by option, variable and query."""
    with recording(script=script) as server:
        queried = run(server, "--query", "[ContactId, ParticipantToken]", "--output", "text")
        drawn = run(server, environ={**KEYS, "AWS_DEFAULT_OUTPUT": "table"})

    assert queried.out == b"c\tpt\n"
    assert drawn.out.split(b"\n")[1].split() == [b"|", b"StartChat", b"|"]


def test_a_shell_gets_lines_to_evaluate() -> None:
    """Whatever a token holds, the shell takes it as it is."""
    with recording(script=script) as server:
        outcome = run(server, "--as", "customer")

    assert outcome.out.decode() == (
        "export OPENPARTICIPANT_CONTACT_ID=c\n"
        "export OPENPARTICIPANT_CONNECTION_TOKEN='it'\"'\"'s'\n"
    )


@pytest.mark.parametrize("contact_id", [None, "mine"])
def test_an_agent_joins_a_chat(contact_id: str | None) -> None:
    """The one named, or one started for the purpose."""
    words = ["--contact-id", contact_id] if contact_id else []
    with recording(script=script) as server:
        outcome = run(server, "--as", "agent", *words, "--display-name", "Ann")

    *started, joined, connected = server.requests
    assert outcome.status == 0, outcome.err
    assert len(started) == (0 if contact_id else 1)
    assert joined.path == "/contact/create-participant"
    assert joined.json["ContactId"] == (contact_id or "c")
    assert joined.json["ParticipantDetails"] == {"ParticipantRole": "AGENT", "DisplayName": "Ann"}
    assert connected.header("x-amz-bearer") == "qt"


def test_a_repeated_start_is_the_same_start() -> None:
    """A lost answer must not leave a second chat behind; each try is signed anew."""
    drops = [Reply(drop=True)]
    with recording(script=lambda r: drops.pop() if drops else script(r)) as server:
        outcome = run(server)

    first, second, _ = server.requests
    assert outcome.status == 0
    assert first.json["ClientToken"] == second.json["ClientToken"]
    assert first.header("x-amz-date") is not None


@pytest.mark.parametrize(
    ("words", "environ", "said"),
    [
        ([], {}, "You must specify a region."),
        ([], {"AWS_REGION": "r1"}, "Unable to locate credentials"),
        (
            [],
            {"AWS_REGION": "r1", "AWS_ACCESS_KEY_ID": "AK"},
            "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY",
        ),
        (["--as", "bot"], KEYS, "argument --as: Invalid choice"),
        (["--contact-id", "c"], KEYS, "--contact-id needs --as agent"),
        (["word"], KEYS, "Unknown options: word"),
        (["--as", "agent", "--query", "x"], KEYS, "it takes neither --output nor --query"),
        (["--as", "customer", "--output=json"], KEYS, "it takes neither --output nor --query"),
        (["--output", "yml"], KEYS, "argument --output: Invalid choice"),
        (["--query", "nosuch(@)"], KEYS, "Unknown function: nosuch()"),
        ([], KEYS | {"AWS_DEFAULT_OUTPUT": "yml"}, "Unknown output type: yml"),
    ],
)
def test_what_is_missing_is_said(words: list[str], environ: dict[str, str], said: str) -> None:
    """Nothing is sent before all is there."""
    with recording(script=script) as server:
        outcome = run(server, *words, environ=environ)

    assert outcome.status != 0
    assert said in outcome.err
    assert server.requests == []


def test_an_answer_without_tokens_is_named() -> None:
    """A service that answers half gets a sentence."""
    with recording(json_reply({"ContactId": "c"})) as server:
        outcome = run(server)

    assert outcome.err == "\nThe service's answer lacks ParticipantId and ParticipantToken.\n"
    assert outcome.status == 255
