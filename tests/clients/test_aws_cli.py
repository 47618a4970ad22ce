"""The unmodified AWS CLI, told nothing but where two files are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.clients.programs import Outcome, Shell, told_by_env
from tests.contents.filler import filled
from tests.serve_process import ServeProcess

_EVENT = "application/vnd.amazonaws.connect.event."
_SESSION_ID = "00000000-0000-4000-8000-000000000000"


class Person:
    """Someone in a chat who has a shell with `aws` and `curl`."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        details = '{"DisplayName":"Customer"}'
        started = self.aws(
            "connect", "start-chat-contact", "--instance-id", "instance", "--contact-flow-id",
            "flow", "--participant-details", details,
        ).json  # fmt: skip
        self.contact_id = started["ContactId"]
        self.participant_token = started["ParticipantToken"]
        connected = self.participant(
            "create-participant-connection",
            "--type", "CONNECTION_CREDENTIALS", "WEBSOCKET",
            "--participant-token", self.participant_token,
        ).json  # fmt: skip
        assert connected["Websocket"]["Url"].startswith("ws")
        self.token = connected["ConnectionCredentials"]["ConnectionToken"]

    def aws(self, *words: str) -> Outcome:
        """Run `aws`."""
        return self._shell.run("aws", *words)

    def participant(self, *words: str) -> Outcome:
        """Run an operation of the participant service."""
        return self.aws("connectparticipant", *words)

    def start(self, name: str, size: int, *words: str) -> Outcome:
        """Announce a file."""
        return self.participant(
            "start-attachment-upload", "--content-type", "image/png", "--attachment-name", name,
            "--attachment-size-in-bytes", str(size), "--connection-token", self.token, *words,
        )  # fmt: skip

    def complete(self, attachment_id: str, *words: str) -> Outcome:
        """Say that a file is there."""
        return self.participant(
            "complete-attachment-upload", "--attachment-ids", attachment_id,
            "--connection-token", self.token, *words,
        )  # fmt: skip

    def curl(self, *words: str) -> Outcome:
        """Run `curl`, which has to be told of the authority where there is one."""
        bundle = self._shell.variables.get("NODE_EXTRA_CA_CERTS")
        trust = ("--cacert", bundle) if bundle else ()
        return self._shell.run("curl", "--silent", "--show-error", "--fail", *trust, *words)

    def put(self, file: Path, metadata: dict[str, Any]) -> Outcome:
        """Upload with exactly the headers that were given."""
        headers = [f"{name}: {value}" for name, value in metadata["HeadersToInclude"].items()]
        given = [word for header in headers for word in ("-H", header)]
        return self.curl("-T", str(file), *given, metadata["Url"])


@pytest.mark.parametrize("words", [(), ("--no-sign-request",)], ids=["signed", "unsigned"])
def test_file_goes_up_and_comes_back(
    server: ServeProcess, shell: Shell, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Start, `curl -T` with the returned headers, complete, get, `curl`: the same bytes."""
    names = {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}
    assert set(shell.variables) - {"NODE_EXTRA_CA_CERTS"} == names
    assert ("NODE_EXTRA_CA_CERTS" in shell.variables) == server.url.startswith("https:")
    person = Person(shell)
    sent, got = tmp_path / "Bildschirmfoto.png", tmp_path / "got.png"
    sent.write_bytes(filled("png", 300_001))

    started = person.start(sent.name, 300_001, *words).json
    assert re.match(r"https?://127\.0\.0\.1:\d+/attachments/", started["UploadMetadata"]["Url"])
    uploaded = person.put(sent, started["UploadMetadata"])
    assert uploaded.status == 0, uploaded.err
    attachment_id = started["AttachmentId"]
    completed = person.complete(attachment_id, *words)
    assert (completed.status, completed.out) == (0, b"")
    offered = person.participant(
        "get-attachment", "--attachment-id", attachment_id, "--connection-token", person.token,
        *words,
    ).json  # fmt: skip
    assert offered["AttachmentSizeInBytes"] == 300_001
    downloaded = person.curl("-o", str(got), offered["Url"])
    assert downloaded.status == 0, downloaded.err
    assert got.read_bytes() == sent.read_bytes()


def test_refusals_are_told_by_name(plain: ServeProcess, tmp_path: Path) -> None:
    """A script that looks for the error's name in what `aws` prints finds it."""
    person = Person(told_by_env(plain.data_dir, tmp_path))

    def told(outcome: Outcome) -> str:
        assert (outcome.status, outcome.out) == (255, b""), outcome
        return outcome.err.decode()

    assert "(ValidationException)" in told(person.start("run.exe", 5))
    denied = told(
        person.participant("disconnect-participant", "--connection-token", person.participant_token)
    )
    assert "(AccessDeniedException)" in denied
    assert "Access denied" in denied
    started = person.start("a.png", 5).json
    early = told(person.complete(started["AttachmentId"]))
    assert "(ValidationException)" in early
    assert "has not been uploaded yet" in early


def test_chat_is_led_from_a_shell(plain: ServeProcess, tmp_path: Path) -> None:
    """Every operation that is not about files, and what a script reads of each."""
    person = Person(told_by_env(plain.data_dir, tmp_path))

    def call(operation: str, *words: str) -> Outcome:
        return person.participant(operation, "--connection-token", person.token, *words)

    def say(text: str) -> str:
        sent = call("send-message", "--content-type", "text/plain", "--content", text).json
        assert sent["AbsoluteTime"].endswith("Z")
        message_id: str = sent["Id"]
        return message_id

    def page(*words: str) -> Any:
        return call("get-transcript", "--sort-order", "ASCENDING", *words).json

    said = [say(text) for text in ("one", "zwei 😴")]
    acknowledged = call("send-event", "--content-type", f"{_EVENT}connection.acknowledged").json
    assert set(acknowledged) == {"AbsoluteTime", "Id"}
    whole = page("--max-results", "100")
    assert "NextToken" not in whole
    assert [item["Id"] for item in whole["Transcript"] if item["Type"] == "MESSAGE"] == said
    assert whole["Transcript"][-1]["ContentType"] == f"{_EVENT}participant.joined"

    first = page("--scan-direction", "FORWARD", "--max-results", "2")
    rest = page("--scan-direction", "FORWARD", "--next-token", first["NextToken"])
    assert first["Transcript"] + rest["Transcript"] == whole["Transcript"]
    last = page("--max-results", "1")
    assert last["Transcript"] == whole["Transcript"][-1:]
    before = page("--max-results", "2", "--next-token", last["NextToken"])
    assert before["Transcript"] + last["Transcript"] == whole["Transcript"]

    view = call("describe-view", "--view-token", "welcome").json["View"]
    assert (view["Id"], view["Name"]) == ("welcome", "Welcome")
    for refused, error in (
        (call("describe-view", "--view-token", "a/b token+=="), "ResourceNotFoundException"),
        (
            call(
                "get-authentication-url", "--session-id", _SESSION_ID, "--redirect-uri",
                "app:/back",
            ),
            "ValidationException",
        ),
        (
            call("cancel-participant-authentication", "--session-id", _SESSION_ID),
            "ValidationException",
        ),
    ):  # fmt: skip
        assert (refused.status, refused.out) == (255, b"")
        assert f"({error})" in refused.err.decode()
    assert call("disconnect-participant").status == 0
    assert b"(AccessDeniedException)" in call("get-transcript").err


def test_rules_for_files_are_decided_per_instance(shell: Shell) -> None:
    """Update, describe and list, which the CLI pages through by itself."""

    def call(name: str, *words: str) -> Any:
        return shell.run("aws", "connect", name, "--instance-id", "told", *words).json

    scope = ("--attachment-scope", "CHAT")
    made = call(
        "update-attached-files-configuration", *scope, "--maximum-size-limit-in-bytes", "5",
        "--extension-configuration", "AllowedExtensions=[{Extension=pdf}]",
    )  # fmt: skip
    found = call("describe-attached-files-configuration", *scope)["AttachedFilesConfiguration"]
    assert found == made
    listed = call("list-attached-files-configurations", "--page-size", "1")
    assert len(listed["AttachedFilesConfigurations"]) == 4


def test_wrong_key_is_refused(plain: ServeProcess, tmp_path: Path) -> None:
    """The control plane takes the server's own key pair and no other."""
    wrong = Shell(
        tmp_path,
        {
            "AWS_CONFIG_FILE": str(plain.data_dir / "aws" / "config"),
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wrong",
        },
    )
    refused = wrong.run(
        "aws", "connect", "stop-contact", "--instance-id", "instance", "--contact-id", "contact"
    )
    assert refused.status == 255
    assert b"(UnrecognizedClientException)" in refused.err
