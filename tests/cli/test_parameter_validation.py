"""`parameter_validation = false`: the service alone says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.recording import json_reply, recording
from tests.cli.worlds import START, TOKEN, Outcome, command

UPLOAD = "start-attachment-upload"


def configure(home: Path, value: str) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(f"[default]\nparameter_validation = {value}\n")


def sent(home: Path, *words: str) -> tuple[Outcome, list[object]]:
    with recording(json_reply({"message": "Access denied", "__type": "D"}, 403)) as server:
        outcome = command(*words, "--endpoint-url", server.url, environ={"HOME": str(home)})
    return outcome, [each.json for each in server.requests]


@pytest.mark.parametrize(
    ("value", "checks"),
    [("false", False), ("FALSE", False), ("0", False), ("", False), ("true", True), ("True", True)],
)
def test_only_true_checks(value: str, checks: bool, tmp_path: Path) -> None:  # noqa: FBT001 - pytest passes it
    """The setting is a switch like the others, on where it is absent."""
    configure(tmp_path, value)
    outcome, requests = sent(tmp_path, *START, *TOKEN, "--attachment-name=")

    assert ("Parameter validation failed" in outcome.err) == checks
    assert len(requests) == (0 if checks else 1)


def test_what_the_model_lacks_is_the_services_to_refuse(tmp_path: Path) -> None:
    """Members that nobody knows are sent, instead of failing with their name alone."""
    configure(tmp_path, "false")
    document = {"ConnectionToken": "T", "New": {"a": [1]}, "ClientToken": "c"}
    outcome, requests = sent(tmp_path, UPLOAD, "--cli-input-json", json.dumps(document))

    assert requests == [{"New": {"a": [1]}, "ClientToken": "c"}]
    assert "(D) when calling the StartAttachmentUpload operation: Access denied" in outcome.err


def test_a_path_cannot_be_made_of_nothing(tmp_path: Path) -> None:
    """Without it there is nothing that could be sent."""
    configure(tmp_path, "false")
    words = ("describe-view", "--cli-input-json", '{"ConnectionToken": "T"}')
    outcome, requests = sent(tmp_path, *words)

    assert requests == []
    assert outcome.status == 255
    assert outcome.err == '\nMissing required parameter in input: "ViewToken"\n'
