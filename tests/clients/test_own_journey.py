"""A chat from its start to its end, typed with our own command line alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.programs import Outcome, Shell
from tests.contents.filler import filled
from tests.serve_process import ServeProcess

HERE = ("--instance-id", "arn:aws:connect:us-east-1:1:instance/shop-1")


class Person:
    """Someone with a shell in which nothing is set but what `env` printed, and maybe a token."""

    def __init__(self, shell: Shell, token: str = "") -> None:
        self._shell = shell
        self._variables = {"OPENPARTICIPANT_CONNECTION_TOKEN": token} if token else {}

    def types(self, *words: str) -> Outcome:
        """Run our command."""
        return self._shell.run("openparticipant", *words, **self._variables)

    def connected(self, participant_token: str) -> Person:
        """Return who has connected with a participant token."""
        token = self.types(
            *("create-participant-connection", "--type", "CONNECTION_CREDENTIALS"),
            *("--connect-participant", "--participant-token", participant_token),
            *("--query", "ConnectionCredentials.ConnectionToken", "--output", "text"),
        )
        assert token.status == 0, token.err
        return Person(self._shell, token.out.decode().strip())

    def put(self, file: Path, metadata: dict[str, Any]) -> None:
        """Upload with exactly the headers that were given."""
        headers = [f"{name}: {value}" for name, value in metadata["HeadersToInclude"].items()]
        given = [word for header in headers for word in ("-H", header)]
        self._curl("-T", str(file), *given, metadata["Url"])

    def get(self, url: str) -> bytes:
        """Fetch what is behind a URL."""
        return self._curl(url)

    def _curl(self, *words: str) -> bytes:
        bundle = self._shell.variables.get("NODE_EXTRA_CA_CERTS")
        trust = ("--cacert", bundle) if bundle else ()
        done = self._shell.run("curl", "--silent", "--show-error", "--fail", *trust, *words)
        assert done.status == 0, done.err
        return done.out


@pytest.fixture
def back_end(server: ServeProcess, shell: Shell) -> Person:
    """Return who starts chats: of the keys, too, nobody but `env` has told."""
    told = {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}
    assert set(shell.variables) - {"NODE_EXTRA_CA_CERTS"} == told
    assert ("NODE_EXTRA_CA_CERTS" in shell.variables) == server.url.startswith("https:")
    return Person(shell)


def test_a_chat_from_start_to_end(back_end: Person, tmp_path: Path) -> None:
    """A file goes up step by step, an agent fetches it, and after the end nobody may do anything."""
    sent, got = tmp_path / "Prüfbericht.pdf", tmp_path / "got"
    sent.write_bytes(filled("pdf", 300_001))
    got.mkdir()
    chat = back_end.types(
        *("connect", "start-chat-contact", *HERE, "--contact-flow-id", "flow"),
        *("--participant-details", "DisplayName=Jane", "--attributes", "order=5,shop=north east"),
    ).json
    contact = (*HERE, "--contact-id", chat["ContactId"])

    customer = back_end.connected(chat["ParticipantToken"])
    upload = customer.types(
        *("start-attachment-upload", "--content-type", "application/pdf"),
        *("--attachment-size-in-bytes", "300001", "--attachment-name", sent.name),
    ).json
    customer.put(sent, upload["UploadMetadata"])
    attachment = upload["AttachmentId"]
    completed = customer.types("complete-attachment-upload", "--attachment-ids", attachment)
    assert (completed.status, completed.out, completed.err) == (0, b"", b"")
    offered = customer.types("get-attachment", "--attachment-id", attachment).json
    assert offered["AttachmentSizeInBytes"] == 300_001
    assert customer.get(offered["Url"]) == sent.read_bytes()

    added = back_end.types(
        *("connect", "create-participant", *contact),
        *("--participant-details", "ParticipantRole=AGENT,DisplayName=Ann"),
    ).json
    agent = back_end.connected(added["ParticipantCredentials"]["ParticipantToken"])
    downloaded = agent.types("download", attachment, "--out", str(got))
    assert (downloaded.status, downloaded.err) == (0, b"")
    assert {each.name: each.read_bytes() for each in got.iterdir()} == {
        sent.name: sent.read_bytes()
    }

    described = back_end.types("connect", "describe-contact", *contact).json["Contact"]
    assert described["Attributes"] == {"order": "5", "shop": "north east"}
    assert "DisconnectTimestamp" not in described
    stopped = back_end.types("connect", "stop-contact", *contact)
    assert (stopped.status, stopped.out, stopped.err) == (0, b"", b"")
    ended = back_end.types("connect", "describe-contact", *contact).json["Contact"]
    assert ended["DisconnectTimestamp"] >= described["InitiationTimestamp"]
    for person in (customer, agent):
        refused = person.types(
            "get-attachment", "--attachment-id", attachment, "--error-format", "json"
        )
        assert refused.status == 255
        assert json.loads(refused.err)["HttpStatus"] == 403


def test_a_wrong_key_is_refused_by_name(shell: Shell, tmp_path: Path) -> None:
    """And so is a request without a signature; the words are the service's."""
    stop = ("connect", "stop-contact", *HERE, "--contact-id", "c")
    wrong = tmp_path / "wrong"
    wrong.write_text("[default]\naws_access_key_id = AKIA\naws_secret_access_key = S\n")
    theirs = shell.run("openparticipant", *stop, AWS_SHARED_CREDENTIALS_FILE=str(wrong))
    unsigned = shell.run("openparticipant", *stop, "--no-sign-request")

    assert (theirs.status, unsigned.status) == (255, 255)
    assert b"(UnrecognizedClientException) when calling the StopContact operation" in theirs.err
    assert b"(MissingAuthenticationTokenException)" in unsigned.err
