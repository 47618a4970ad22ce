"""`purge`: at a running server, and in the directory of a stopped one."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from openparticipant.limits import DAY, HOUR
from openparticipant.system import SystemClock
from openparticipant.testing.chat import Chat, control, request
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.cli.worlds import Outcome, command
from tests.eventually import eventually
from tests.scanning.judge import files

SAID = "a sentence that nobody else says"


def asked(data_dir: Path, clock: SettableClock, *words: str) -> Outcome:
    """Run a command on the directory at the server's time."""
    return command(*words, "--data-dir", str(data_dir), at=clock.now())


def held_chat(server: Server) -> Chat:
    """Return a chat in which something was said and a file sent, which goes on."""
    chat = server.start_chat("Somebody by name")
    chat.join()
    assert chat.say(SAID).status == 200
    chat.attach("a-file-by-name.txt", b"bytes of the file")
    return chat


def counts(data_dir: Path) -> dict[str, int]:
    """Return how many rows each table of chats has."""
    tables = "contacts participants items receipts attachments scans connections websockets"
    with closing(sqlite3.connect(data_dir / "openparticipant.sqlite3")) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in (*tables.split(), "participant_tokens")
        }


def test_nothing_of_a_chat_is_left(server: Server, data_dir: Path, clock: SettableClock) -> None:
    """No row, no object; others keep theirs, and the audit has the ids."""
    chat = held_chat(server)
    url = chat.call("attachment", {"AttachmentId": chat.attach()}).json["Url"]
    chat.stop()
    other = held_chat(server)
    before = counts(data_dir)

    outcome = asked(data_dir, clock, "purge", chat.contact_id)

    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.decode() == f"{chat.contact_id}  purged\n"
    assert [chat.contact_id in name for name in files(server)] == [False]
    after = counts(data_dir)
    assert after["attachments"] == 1
    assert after["items"] == len(other.transcript().json["Transcript"])
    assert after["connections"] == before["connections"] / 2
    assert after["participant_tokens"] == before["participant_tokens"] / 2
    assert request("GET", url).status == 403
    described = control(server, "GET", f"/contacts/instance/{chat.contact_id}")
    assert (described.status, described.error) == (404, "ResourceNotFoundException")
    assert asked(data_dir, clock, "transcript", chat.contact_id).status == 1
    assert other.say("still here").status == 200
    clock.advance(HOUR)
    assert eventually(lambda: counts(data_dir)["contacts"] == before["contacts"] / 2)
    assert counts(data_dir)["participants"] == before["participants"] / 2
    events = asked(data_dir, clock, "audit", "--contact-id", chat.contact_id, "--json").out
    last = json.loads(events.splitlines()[-1])
    assert (last["Event"], last["Actor"]) == (
        "CONTACT_PURGED",
        server.node.control_key.access_key_id,
    )


def test_what_was_said_is_overwritten(data_dir: Path, clock: SettableClock) -> None:
    """Also of the newest chat, whose number is kept: no byte of it lies in the database."""
    with Server(data_dir, clock=clock, log=io.BytesIO()) as server:
        chat = held_chat(server)
        assert asked(data_dir, clock, "purge", chat.contact_id, "--end").status == 0
    (database,) = data_dir.glob("*.sqlite3")
    content = database.read_bytes()
    for text in (SAID, "a-file-by-name", "Somebody by name"):
        assert text.encode() not in content
    assert counts(data_dir)["contacts"] == 1


def test_the_next_chat_takes_its_place(
    server: Server, data_dir: Path, clock: SettableClock
) -> None:
    """Then the emptied rows of what was the newest go as well."""
    chat = held_chat(server)
    assert asked(data_dir, clock, "purge", chat.contact_id, "--end").status == 0
    server.start_chat()
    clock.advance(HOUR)
    assert eventually(lambda: counts(data_dir)["contacts"] == 1)


def test_an_open_chat_is_ended_if_told(
    server: Server, data_dir: Path, clock: SettableClock
) -> None:
    """Otherwise it goes on; its sockets hear of the end."""
    chat = held_chat(server)
    outcome = asked(data_dir, clock, "purge", chat.contact_id)
    assert (outcome.status, outcome.out) == (1, b"")
    assert outcome.err == (
        f"openparticipant: {chat.contact_id}: The contact is open: end it first, or with the purge (EndFirst, --end).\n"
    )
    assert chat.say("still here").status == 200
    with chat.listen() as listener:
        assert asked(data_dir, clock, "purge", chat.contact_id, "--end").status == 0
        heard = listener.item()
        while not heard.get("ContentType", "").endswith("chat.ended"):
            heard = listener.item()
    assert chat.say("gone").status == 403


def test_what_is_under_way_is_waited_for(
    server: Server, data_dir: Path, clock: SettableClock
) -> None:
    """An upload that is invited is settled with the end of its chat, and removed with it."""
    chat = held_chat(server)
    started = chat.start_upload("b.txt", b"hello")
    assert chat.upload(started, b"hello").status == 200
    outcome = asked(data_dir, clock, "purge", chat.contact_id, "--end", "--json")
    assert outcome.json["ContactId"] == chat.contact_id
    clock.advance(HOUR)
    assert eventually(lambda: files(server) == [])
    assert chat.upload(started, b"hello").status == 403


def test_without_a_server_the_next_one_removes_it(data_dir: Path) -> None:
    """It is out of sight at once, and gone when a server has started."""
    clock = SettableClock(SystemClock().now())  # the command goes by the time of day
    with Server(data_dir, clock=clock, log=io.BytesIO()) as server:
        chat = held_chat(server)
        chat.stop()
    outcome = asked(data_dir, clock, "purge", chat.contact_id)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.decode() == f"{chat.contact_id}  purging\n"
    assert asked(data_dir, clock, "contacts").out.count(b"\n") == 1
    verified = command("verify", "--data-dir", str(data_dir), at=clock.now())
    assert verified.status == 0, verified.out
    clock.advance(HOUR)
    with Server(data_dir, clock=clock, log=io.BytesIO()) as server:
        assert files(server) == []


def test_each_is_tried(server: Server, data_dir: Path, clock: SettableClock) -> None:
    """One that is not there, or twice the same, holds up none of the others."""
    chats = [held_chat(server) for _ in range(2)]
    ids = [chats[0].contact_id, "nobody", chats[0].contact_id, chats[1].contact_id]
    outcome = asked(data_dir, clock, "purge", "--end", *ids)
    assert outcome.status == 1
    assert outcome.out.decode().split() == [ids[0], "purged", ids[3], "purged"]
    assert outcome.err.splitlines() == [
        f"openparticipant: {each}: There is no contact with this ContactId."
        for each in ("nobody", ids[0])
    ]


def test_old_chats_go_by_themselves(tmp_path: Path) -> None:
    """So many days after their end; one that goes on stays however old it is."""
    clock = SettableClock()
    with Server(tmp_path / "data", clock=clock, log=io.BytesIO(), retention="2") as server:
        old, recent = held_chat(server), server.start_chat()
        old.stop()
        clock.advance(DAY)
        recent.stop()
        clock.advance(DAY - 1)
        assert asked(tmp_path / "data", clock, "transcript", old.contact_id).status == 0
        clock.advance(1)
        assert eventually(
            lambda: asked(tmp_path / "data", clock, "transcript", old.contact_id).status == 1
        )
        assert eventually(lambda: files(server) == [])
        assert asked(tmp_path / "data", clock, "transcript", recent.contact_id).status == 0


@pytest.mark.parametrize("words", [(), ("",), ("--end",)])
def test_a_contact_is_needed(data_dir: Path, clock: SettableClock, words: tuple[str, ...]) -> None:
    """Nothing is asked of anybody."""
    outcome = asked(data_dir, clock, "purge", *words)
    assert outcome.status == 2
    assert "the following arguments are required: CONTACT" in outcome.err
