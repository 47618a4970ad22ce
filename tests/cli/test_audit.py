"""`audit`: who did what, at a running server and in the directory of a stopped one."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from openparticipant.stores import audit
from openparticipant.testing.chat import control
from openparticipant.testing.clock import START, SettableClock
from openparticipant.testing.server import Server
from tests.cli.worlds import Outcome, command


def asked(data_dir: Path, *words: str) -> Outcome:
    """Run a command on the directory at the server's time."""
    return command(*words, "--data-dir", str(data_dir), at=START)


def events(data_dir: Path, *words: str) -> list[Any]:
    """Return what the audit has."""
    outcome = asked(data_dir, "audit", "--json", *words)
    assert (outcome.status, outcome.err) == (0, "")
    return [json.loads(line) for line in outcome.out.splitlines()]


def test_everything_is_told_with_its_actor_and_request(data_dir: Path) -> None:
    """Of a file's life, by the ids that the answers of its calls had; and of key pairs."""
    with Server(data_dir, clock=SettableClock(), log=io.BytesIO()) as server:
        customer = server.start_chat()
        agent = customer.join()
        started = customer.start_upload("a.txt", b"hello")
        attachment_id = started.json["AttachmentId"]
        customer.upload(started, b"hello")
        completed = customer.complete(attachment_id)
        got = agent.call("attachment", {"AttachmentId": attachment_id})
        assert got.status == 200
        assert agent.call("attachment", {"AttachmentId": "unknown"}).status == 400
        signer = server.node.control_key.access_key_id
        new = json.loads(asked(data_dir, "keys", "add", "objects", "--json").out)["AccessKey"]["Id"]
        running = asked(data_dir, "audit"), events(data_dir)

        of_the_file = [
            ("UPLOAD_STARTED", customer.participant_id, started),
            ("UPLOAD_COMPLETED", customer.participant_id, completed),
            ("DOWNLOAD_OFFERED", agent.participant_id, got),
        ]
        *found, key = running[1]
        assert found == [
            {
                "At": "2026-01-01T00:00:00.000Z",
                "Event": event,
                "Actor": actor,
                "RequestId": answer.headers["x-amzn-requestid"],
                "ContactId": customer.contact_id,
                "AttachmentId": attachment_id,
            }
            for event, actor, answer in of_the_file
        ]
        assert (key["Event"], key["Actor"], key["Detail"]) == (
            "KEY_ADDED",
            signer,
            f"objects {new}",
        )
        assert key["RequestId"]
    assert (asked(data_dir, "audit"), events(data_dir)) == running
    title, *rows = running[0].out.decode().splitlines()
    assert title.split() == ["AT", "EVENT", "ACTOR", "CONTACT", "ATTACHMENT", "REQUEST", "DETAIL"]
    assert len(rows) == 4
    assert rows[0].index("UPLOAD_STARTED") == title.index("EVENT")
    assert rows[0].index(customer.contact_id) == title.index("CONTACT")


def test_a_changed_configuration_is_told(data_dir: Path) -> None:
    """For whom, to what, and by whose key."""
    with Server(data_dir, clock=SettableClock(), log=io.BytesIO()) as server:
        changed = control(
            server,
            "POST",
            "/attached-files-configurations/shop/CHAT",
            {
                "MaximumSizeLimitInBytes": 1000,
                "ExtensionConfiguration": {"AllowedExtensions": [{"Extension": "PDF"}]},
            },
        )
        assert changed.status == 200, changed.body
        signer = server.node.control_key.access_key_id
    (event,) = events(data_dir)
    assert (event["Event"], event["Actor"]) == ("CONFIGURATION_CHANGED", signer)
    assert event["Detail"] == "files of shop (CHAT), up to 1000 bytes, extensions pdf"
    assert event["RequestId"] == changed.headers["x-amzn-requestid"]


def test_nothing_but_ids_is_in_it(data_dir: Path) -> None:
    """No name and no content, so that it may outlive what was said."""
    with Server(data_dir, clock=SettableClock(), log=io.BytesIO()) as server:
        chat = server.start_chat("Somebody's name")
        chat.attach("a-secret-file.txt", b"a secret")
        chat.say("a secret message")
    written = asked(data_dir, "audit").out
    assert b"UPLOAD_COMPLETED" in written
    assert b"secret" not in written
    assert b"Somebody" not in written


def test_a_long_audit_is_read_in_windows(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer looks at a few rows only, so that no chat waits; together they are all."""
    monkeypatch.setattr(audit, "WINDOW", 7)
    with Server(data_dir, clock=SettableClock(), log=io.BytesIO()) as server:
        chats = [server.start_chat() for _ in range(3)]
        for _ in range(20):
            for chat in chats:
                assert chat.start_upload().status == 200
        everything = events(data_dir)
        mine = events(data_dir, "--contact-id", chats[1].contact_id)
        last = events(data_dir, "--attachment-id", everything[-1]["AttachmentId"])
    assert len(everything) == 60
    assert mine == [each for each in everything if each["ContactId"] == chats[1].contact_id]
    assert len(mine) == 20
    assert last == everything[-1:]


def test_times_choose(data_dir: Path) -> None:
    """The beginning is included, the end is not."""
    clock = SettableClock()
    with Server(data_dir, clock=clock, log=io.BytesIO()) as server:
        chat = server.start_chat()
        for _ in range(3):
            assert chat.start_upload().status == 200
            clock.advance(60_000)
    found = events(data_dir, "--since", "2026-01-01T00:01Z", "--until", "2026-01-01T00:02Z")
    assert [each["At"] for each in found] == ["2026-01-01T00:01:00.000Z"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--since", "yesterday"), "argument --since: 'yesterday' is not an instant"),
        (("--query", "[]"), "--query does not apply"),
    ],
)
def test_words_that_say_nothing(data_dir: Path, words: tuple[str, ...], complaint: str) -> None:
    """Nothing is asked of anybody."""
    outcome = asked(data_dir, "audit", *words)
    assert (outcome.status, outcome.out) == (2, b"")
    assert complaint in outcome.err
