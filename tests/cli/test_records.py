"""`contacts` and `transcript`: at a running server, and in the directory of a stopped one."""

from __future__ import annotations

import asyncio
import io
import json
import re
import shutil
import socket
import sqlite3
import tracemalloc
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from openparticipant.data_dir import DataDir
from openparticipant.domain.connection import digest
from openparticipant.ports import NewMessage
from openparticipant.testing.chat import Chat
from openparticipant.testing.clock import START, SettableClock
from openparticipant.testing.server import Server
from tests.cli.worlds import Outcome, command


def asked(data_dir: Path, *words: str, **world: Any) -> Outcome:
    """Run a command on the directory at the server's time."""
    return command(*words, "--data-dir", str(data_dir), at=START, **world)


def held_chat(server: Server) -> Chat:
    """Return a chat in which something of each kind has happened, and which has ended."""
    chat = server.start_chat("Änn")
    agent = chat.join()
    said = chat.say("hello\nthere").json["Id"]
    assert agent.tell("message.read", said).status == 200
    chat.attach("a.txt")
    agent.say("\u202eevil\x1b[2J")
    assert chat.call("disconnect", {}).status == 200
    assert agent.transcript().status == 403
    return chat


def lines(outcome: Outcome) -> list[Any]:
    """Return the objects that a command printed."""
    assert (outcome.status, outcome.err) == (0, "")
    return [json.loads(line) for line in outcome.out.splitlines()]


def test_an_ended_chat_is_read_from_a_server_and_without_it(data_dir: Path) -> None:
    """For people and for scripts, and the same from both."""
    with Server(data_dir, clock=SettableClock(), log=io.BytesIO()) as server:
        chat = held_chat(server)
        words = [
            ("contacts",),
            ("contacts", "--json"),
            ("transcript", chat.contact_id),
            ("transcript", chat.contact_id, "--json"),
        ]
        running = [asked(data_dir, *each) for each in words]
    stopped = [asked(data_dir, *each) for each in words]

    assert running == stopped
    assert all((each.status, each.err) == (0, "") for each in running)
    table, contacts, text, transcript = running
    (contact,) = lines(contacts)
    assert contact["Id"] == chat.contact_id
    assert (contact["State"], contact["DisconnectReason"]) == ("ENDED", "CUSTOMER_DISCONNECT")
    title, row = table.out.decode().splitlines()
    assert title.split()[:4] == ["CONTACT", "STATE", "STARTED", "ENDED"]
    assert row.split()[:2] == [chat.contact_id, "ENDED"]
    assert row.index("ENDED") == title.index("STATE")
    items = lines(transcript)
    assert len(items) == contact["ItemCount"]
    assert [item["ContactId"] for item in items] == [chat.contact_id] * len(items)
    assert any("MessageMetadata" in item for item in items)
    assert transcript.out.isascii()
    shown = text.out.decode()
    assert "Änn (customer): hello\n    there\n" in shown
    assert re.search(r"\n    delivered \S+, read \S+ by \S+\n|\n    read \S+ by \S+\n", shown)
    assert "[file] a.txt (" in shown
    assert shown.endswith("  the chat ended\n")
    assert "\u202e" not in shown
    assert "\x1b" not in shown


def test_all_pages_are_joined(server: Server, data_dir: Path) -> None:
    """More contacts, and more items, than one answer of the server holds."""
    chats = [server.start_chat() for _ in range(3)]
    say(server, chats[0], 250)

    items = lines(asked(data_dir, "transcript", chats[0].contact_id, "--json"))
    said = [item["Content"] for item in items if item["Type"] == "MESSAGE"]
    assert sorted(said, key=int) == said == [str(number) for number in range(250)]
    start(server, 130)
    found = lines(asked(data_dir, "contacts", "--json"))
    assert len({contact["Id"] for contact in found}) == len(found) == 133
    assert asked(data_dir, "contacts").out.count(b"CONTACT") == 1


def test_contacts_are_chosen(server: Server, data_dir: Path) -> None:
    """By state, instance and start."""
    early, late = server.start_chat(), server.start_chat()
    early.stop()

    def found(*words: str) -> list[str]:
        return [contact["Id"] for contact in lines(asked(data_dir, "contacts", "--json", *words))]

    assert found() == [late.contact_id, early.contact_id]
    assert found("--open") == [late.contact_id]
    assert found("--ended", "--instance-id", "instance") == [early.contact_id]
    assert found("--instance-id", "another") == []
    assert found("--since", "2026-01-01", "--until", "2026-01-01T00:00:00.001Z") == found()
    assert found("--until", "2026-01-01T00:00Z") == found("--since", "2026-01-02T00:00+01:00") == []


def test_the_directory_may_come_from_settings(
    server: Server, data_dir: Path, tmp_path: Path
) -> None:
    """A variable, or the file that the server was started with."""
    chat = server.start_chat()
    file = tmp_path / "op.toml"
    file.write_text(f"data-dir = {json.dumps(str(data_dir))}\n")
    for environ, words in (
        ({"OPENPARTICIPANT_DATA_DIR": str(data_dir)}, ()),
        ({"OPENPARTICIPANT_CONFIG": str(file)}, ()),
        ({}, ("--config", str(file))),
    ):
        outcome = command("contacts", "--json", *words, environ=environ, at=START)
        assert [contact["Id"] for contact in lines(outcome)] == [chat.contact_id]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("transcript",), "the following arguments are required: CONTACT"),
        (("transcript", ""), "the following arguments are required: CONTACT"),
        (("contacts", "--open", "--ended"), "--open and --ended exclude each other"),
        (("contacts", "--since", "x"), "argument --since: 'x' is not an instant such as"),
        (("contacts", "--until"), "argument --until: expected one argument"),
        (("contacts", "--output", "text"), "--output does not apply"),
        (("contacts", "--query", "x"), "--query does not apply"),
        (("transcript", "c", "--region", "x"), "--region does not apply"),
        (("transcript", "c", "--endpoint-url", "http://x"), "--endpoint-url does not apply"),
        (("transcript", "\udcff"), "is not text in UTF-8"),
    ],
)
def test_wrong_words_are_status_2(server: Server, words: tuple[str, ...], said: str) -> None:
    """What would have no effect is refused, too."""
    data_dir = [] if words[-1] == "--until" else ["--data-dir", str(server.data_dir)]
    outcome = command(words[0], *data_dir, *words[1:])

    assert (outcome.status, outcome.out) == (2, b"")
    assert said in outcome.err


def test_words_too_many_are_named(server: Server) -> None:
    """As by every command."""
    for words in (
        ("contacts", "x"),
        ("transcript", "a", "x"),
        ("contacts", "--al"),
        ("transcript", "c", "--open"),
    ):
        outcome = asked(server.data_dir, *words)
        assert (outcome.status, outcome.out) == (255, b"")
        assert f"Unknown options: {words[-1]}" in outcome.err


def fails(outcome: Outcome, said: str) -> None:
    """Assert that a command ended with status 1 and one line."""
    assert (outcome.status, outcome.out) == (1, b"")
    assert outcome.err.startswith("openparticipant: ")
    assert outcome.err.count("\n") == 1
    assert said in outcome.err


def test_an_unknown_contact_is_one_line(data_dir: Path) -> None:
    """From a server and without it."""
    with Server(data_dir, clock=SettableClock(), log=io.BytesIO()):
        running = [asked(data_dir, "transcript", each) for each in ("no'body", "..", "c" * 257)]
    stopped = [asked(data_dir, "transcript", each) for each in ("no'body", "..", "c" * 257)]

    assert running == stopped
    for outcome in running[:2]:
        fails(outcome, "There is no contact with this ContactId.")
    fails(running[2], "ContactId must have at most 256 characters.")


def test_what_is_no_directory_of_a_server_stays_as_it_is(tmp_path: Path) -> None:
    """Absent, another one, or a file: one line, and nothing is made."""
    (tmp_path / "another").mkdir()
    (tmp_path / "file").touch()
    before = sorted(tmp_path.rglob("*"))

    for name in ("absent", "another", "file"):
        fails(asked(tmp_path / name, "contacts"), f"{name} is not the data directory of a server")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_directory_without_a_database_is_one_line(data_dir: Path) -> None:
    """A server that never came to its start leaves such a one."""
    made = DataDir(data_dir)
    made.create()
    made.lock()
    made.unlock()

    fails(asked(data_dir, "contacts"), "no server has run on")
    assert [path.name for path in data_dir.iterdir()] == ["lock"]


def test_a_broken_database_is_one_line(data_dir: Path) -> None:
    """And so is one of a newer release."""
    with Server(data_dir, log=io.BytesIO()):
        pass
    path = data_dir / "openparticipant.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 9999")
    fails(asked(data_dir, "contacts"), "its schema is version 9999")
    path.write_bytes(b"not a database" * 100)
    fails(asked(data_dir, "contacts"), "file is not a database")


def test_a_directory_in_use_whose_server_is_silent_is_one_line(data_dir: Path) -> None:
    """After a few tries, since it may be starting."""
    with Server(data_dir, log=io.BytesIO()):
        pass
    held = DataDir(data_dir)
    held.lock()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    held.write_admin(address)

    outcome = asked(data_dir, "contacts")

    fails(
        outcome, f"is in use by another openparticipant process, but no server answers at {address}"
    )
    assert len(outcome.sleeps) == 4
    (data_dir / "admin").unlink()
    fails(asked(data_dir, "contacts"), "has not said yet where it is")
    held.unlock()
    assert asked(data_dir, "contacts").status == 0


def test_a_key_that_is_not_the_servers_is_one_line(server: Server, data_dir: Path) -> None:
    """It says where the key was read; the key itself is not shown, nor with `--debug`."""
    file = data_dir / "aws" / "credentials"
    good = file.read_text()
    key = server.node.control_key
    for old, new in (
        (key.secret_access_key, "0123456789-secret"),
        (key.access_key_id, "AKIAOTHER"),
    ):
        file.write_text(good.replace(old, new))
        outcome = asked(data_dir, "contacts")
        fails(outcome, f"does not accept the key in {file}")
        debugged = asked(data_dir, "contacts", "--debug")
        assert debugged.status == 1
        for secret in (key.secret_access_key, "0123456789-secret", "Signature="):
            assert secret not in outcome.err + debugged.err
    shutil.rmtree(data_dir / "aws")
    fails(asked(data_dir, "contacts"), "has not said yet where it is")


def test_a_stranger_at_the_address_is_one_line(server: Server, data_dir: Path) -> None:
    """Another program took the port: what it answers is not shown as if it were ours."""
    (data_dir / "admin").write_text(server.url)

    fails(asked(data_dir, "contacts"), "There is no operation at this address.")


def test_the_keys_of_the_environment_do_not_matter(server: Server, data_dir: Path) -> None:
    """The server's own lie in its directory."""
    chat = server.start_chat()
    environ = {
        "AWS_ACCESS_KEY_ID": "AKIAOTHER",
        "AWS_SECRET_ACCESS_KEY": "other",
        "AWS_SESSION_TOKEN": "other",
        "AWS_PROFILE": "other",
        "AWS_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_DEFAULT_OUTPUT": "table",
    }

    (contact,) = lines(asked(data_dir, "contacts", "--json", environ=environ))
    assert contact["Id"] == chat.contact_id


def test_reading_lets_the_directory_go(data_dir: Path) -> None:
    """Whether it went well or not, a server may start at once."""
    with Server(data_dir, log=io.BytesIO()) as server:
        chat = server.start_chat()
    for words in (("transcript", chat.contact_id), ("transcript", "nobody")):
        asked(data_dir, *words)
        held = DataDir(data_dir)
        assert held.lock_if_idle()
        held.unlock()


class Sink:
    """Standard output that forgets."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes | memoryview) -> int:
        """Count."""
        self.size += len(data)
        return len(data)


def test_ten_thousand_items_pass_through_little_memory(data_dir: Path) -> None:
    """Page by page, from a server and without it."""

    def peak(*words: str) -> int:
        sink = Sink()
        tracemalloc.start()
        try:
            outcome = asked(data_dir, "transcript", chat.contact_id, *words, stdout=sink)
            _, highest = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert (outcome.status, outcome.err) == (0, "")
        assert sink.size > 10_000_000
        return highest

    with Server(data_dir, clock=SettableClock(), log=io.BytesIO()) as server:
        chat = server.start_chat()
        say(server, chat, 10_000, "x" * 1000)
        assert peak() < 5_000_000
    asked(data_dir, "contacts")  # what is loaded once is not of the transcript
    assert peak("--json") < 5_000_000


def say(server: Server, chat: Chat, count: int, padding: str = "") -> None:
    """Say the numbers, behind the server's door."""

    async def all_of_it() -> None:
        store = server.node.ports.store
        caller = await store.caller(digest(chat.connection_token), now=START)
        assert caller is not None
        for first in range(0, count, 250):
            messages = [
                NewMessage(server.node.ports.ids.uuid(), "text/plain", f"{number}{padding}", None)
                for number in range(first, min(count, first + 250))
            ]
            await asyncio.gather(*(store.send(caller, each, now=START) for each in messages))

    server.call(all_of_it)


def start(server: Server, count: int) -> None:
    """Start chats."""
    for _ in range(count):
        server.start_chat()
