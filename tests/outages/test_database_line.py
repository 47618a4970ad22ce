"""A PostgreSQL whose line breaks, stalls and drags: who notices, and what is said once."""

from __future__ import annotations

import base64
import itertools
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from openparticipant.operations.entries import entry
from openparticipant.testing.chat import Answer, Chat, request
from openparticipant.testing.listener import Listener
from openparticipant.testing.server import Server
from openparticipant.transport.patience import CONNECTING
from tests.engines.postgres import PostgresServer
from tests.engines.proxy import Proxy
from tests.eventually import eventually
from tests.outages.test_database_away import connect, is_degraded


@pytest.fixture
def line(postgres_server: PostgresServer) -> Iterator[Proxy]:
    """Return the line to the database of the test."""
    with Proxy(f"{postgres_server.place}/.s.PGSQL.5432") as line:
        yield line


@pytest.fixture
def server(line: Proxy, tmp_path: Path) -> Iterator[Server]:
    """Return a node whose database is at the other end of the line."""
    (key := tmp_path / "master-key").write_bytes(base64.b64encode(bytes(32)))
    address = f"postgresql://postgres@127.0.0.1:{line.port}/postgres"
    with Server(database=address, master_key_file=str(key)) as server:
        yield server


def said(chat: Chat) -> list[str]:
    """Return every message in the transcript."""
    texts: list[str] = []
    token: str | None = ""
    while token is not None:
        asked = {"MaxResults": 100} | ({"NextToken": token} if token else {})
        page = chat.call("transcript", asked).json
        texts += [item["Content"] for item in page["Transcript"] if item["Type"] == "MESSAGE"]
        token = page.get("NextToken")
    return texts


def heard(listener: Listener, last: str) -> list[str]:
    """Return every message that a listener is told, to the last one."""
    texts = [""]
    while texts[-1] != last:
        item = listener.item(30)
        if item["Type"] == "MESSAGE":
            texts.append(item["Content"])
    return texts[1:]


class Scissors:
    """Cut a line again and again, each time when so many more calls have been answered."""

    def __init__(self, line: Proxy, every: int) -> None:
        self._line = line
        self._every = every
        self._answered = itertools.count(1)

    def answered(self) -> None:
        """Count an answer; those that are on their way are cut off, if it is time."""
        if next(self._answered) % self._every == 0:
            self._line.cut()


def test_lines_that_break_are_not_noticed(server: Server, line: Proxy) -> None:
    """Each call is answered well, and none is done twice, with or without a client token."""
    chat = server.start_chat()
    agent = chat.join()
    scissors = Scissors(line, every=12)

    def talk(name: str) -> list[tuple[str, int]]:
        answers = []
        for number in range(40):
            text = f"{name}-{number}"
            more = {"ClientToken": text} if name in "ab" else {}
            answers.append((text, (chat, agent)[number % 2].say(text, **more).status))
            scissors.answered()
        return answers

    with chat.listen() as listener:
        with ThreadPoolExecutor(4) as talkers:
            answers = [answer for each in talkers.map(talk, "abcd") for answer in each]
        assert {status for _, status in answers} == {200}
        assert chat.say("last").status == 200
        told = heard(listener, "last")
    texts = sorted([*(text for text, _ in answers), "last"])
    assert sorted(said(chat)) == texts
    assert sorted(told) == texts


def test_a_chat_survives_lines_that_break(server: Server, line: Proxy) -> None:
    """Attachments, who comes and who leaves: each is seen once, and nobody is refused."""
    chat = server.start_chat()
    scissors = Scissors(line, every=3)

    def attach(number: int) -> str:
        attachment_id = chat.attach(f"{number}.txt")
        scissors.answered()
        return attachment_id

    def visit(number: int) -> int:
        agent = chat.join(display_name=f"Agent {number}")
        scissors.answered()
        with agent.listen():
            scissors.answered()
        return agent.call("disconnect").status

    with ThreadPoolExecutor(4) as people:
        visits = people.map(visit, range(8))
        ids = list(people.map(attach, range(8)))
        assert list(visits) == [200] * 8
    items = chat.transcript(MaxResults=100, ScanDirection="FORWARD").json["Transcript"]
    shown = [item["Attachments"][0]["AttachmentId"] for item in items if "Attachments" in item]
    assert sorted(shown) == sorted(ids)
    events = Counter(
        (item["DisplayName"], item["ContentType"].rpartition(".")[2])
        for item in items
        if item["Type"] == "EVENT" and item.get("DisplayName", "").startswith("Agent")
    )
    assert events == Counter(
        {(f"Agent {number}", event): 1 for number in range(8) for event in ("joined", "left")}
    )


def test_what_was_done_unheard_is_not_done_again(server: Server, line: Proxy) -> None:
    """The line breaks at the end of each change, when it is made and nobody has been told."""

    def call(make: Callable[[], Answer], *words: bytes) -> Answer:
        cut = line.cut_at(*words)
        answer = make()
        assert answer.status == 200, answer.body
        assert cut.is_set()
        return answer

    # What only the call itself says, and then the end of what it does.
    left, ended = b"event.participant.left", b"event.chat.ended"
    chat = server.start_chat()
    call(lambda: connect(chat), b"INSERT INTO websockets", b"COMMIT")
    said_id = call(chat.say, b"hello", b"COMMIT").json["Id"]
    started = call(lambda: chat.start_upload("lost.txt"), b"lost.txt")
    chat.upload(started)
    attachment_id = started.json["AttachmentId"]
    call(lambda: chat.complete(attachment_id), b"SET status = 'approved'", b"COMMIT")
    agent = chat.join()
    call(lambda: agent.tell("message.read", said_id), b"INSERT INTO receipts", b"COMMIT")
    seen = chat.transcript(MaxResults=100).json["Transcript"]
    call(lambda: agent.call("disconnect"), left, b"COMMIT")
    call(chat.stop, ended, b"COMMIT")

    other = server.start_chat()
    call(lambda: other.call("disconnect"), left, b"COMMIT")
    transcript = records(server, chat)
    kinds = Counter(
        item.get("Content") or item["ContentType"].rpartition(".")[2]
        for item in transcript
        if item["Type"] != "ATTACHMENT"
    )
    assert kinds == {"hello": 1, "left": 1, "ended": 1}
    assert [
        item["Attachments"][0]["AttachmentId"] for item in transcript if "Attachments" in item
    ] == [attachment_id]
    (receipt,) = next(it["MessageMetadata"]["Receipts"] for it in seen if it["Id"] == said_id)
    assert receipt["RecipientParticipantId"] == agent.participant_id
    assert receipt["ReadTimestamp"]


def records(server: Server, chat: Chat) -> list[dict[str, Any]]:
    """Return the transcript of a chat that has ended, as its operator reads it."""
    items = server.call(lambda: server.node.ports.store.items(chat.contact_id, after=0, limit=100))
    return [msgspec.to_builtins(entry(item)) for item in items]


def test_a_line_that_is_refused_holds_who_connects(server: Server, line: Proxy) -> None:
    """An address that nobody listens at any more, as of a server that moves."""
    chat = server.start_chat()
    line.refuse()
    with ThreadPoolExecutor(1) as client:
        waiting = client.submit(connect, chat)
        assert eventually(lambda: is_degraded(server))
        assert chat.say().status == 500
        assert not waiting.done()
        line.accept()
        assert waiting.result().status == 200
    assert eventually(lambda: not is_degraded(server))


def test_a_line_that_stalls_stops_nobody_for_long(server: Server, line: Proxy) -> None:
    """Once it is known, one look at a time waits for the line, and no call does."""
    chat, other = server.start_chat(), server.start_chat()
    line.stall()
    with ThreadPoolExecutor(12) as clients:
        first = clients.submit(chat.say)
        assert eventually(lambda: is_degraded(server))
        assert first.result().status == 500
        waiting = [clients.submit(connect, chat) for _ in range(4)]

        def lines_of_late_calls() -> int:
            before = line.taken
            late = [clients.submit(other.stop) for _ in range(8)]
            assert {one.result().status for one in late} == {500}
            return line.taken - before

        # The one that fell silent may be broken alone, so others are tried, until one is silent too.
        assert eventually(lambda: lines_of_late_calls() < 4)
        assert not any(one.done() for one in waiting)
        line.resume()
        assert {one.result().status for one in waiting} == {200}
    assert chat.say().status == 200


def test_a_slow_line_is_only_slow(server: Server, line: Proxy) -> None:
    """A fifth of a second for each way: nobody is refused, and readiness has nothing to tell."""
    chat = server.start_chat()
    line.delay = 0.05
    assert chat.say().status == 200
    assert connect(chat).status == 200
    assert not is_degraded(server)
    line.delay = 0


def test_held_requests_are_counted(server: Server, line: Proxy) -> None:
    """An operator sees how many wait, and that the database is what they wait for."""
    chat = server.start_chat()
    line.refuse()
    with ThreadPoolExecutor(3) as clients:
        waiting = [clients.submit(connect, chat) for _ in range(3)]
        assert eventually(lambda: "openparticipant_requests_held 3.0" in metrics(server))
        assert 'openparticipant_engine_up{engine="database"} 0.0' in metrics(server)
        line.accept()
        assert {one.result().status for one in waiting} == {200}
    assert eventually(lambda: 'openparticipant_engine_up{engine="database"} 1.0' in metrics(server))
    assert "openparticipant_requests_held 0.0" in metrics(server)


def test_who_hangs_up_gives_its_place_back(server: Server, line: Proxy) -> None:
    """Nothing is done for a client that has left, neither for a request nor for a handshake."""
    chat = server.start_chat()
    path = urlsplit(connect(chat).json["Websocket"]["Url"])
    line.refuse()
    host, port = urlsplit(server.url).netloc.split(":")
    asking = f"POST /participant/connection HTTP/1.1\r\nx-amz-bearer: {chat.participant_token}\r\n"
    asking += "content-type: application/json\r\ncontent-length: 22\r\n"
    upgrading = (
        f"GET {path.path}?{path.query} HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    )
    upgrading += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    with ExitStack() as clients:
        for head, body in ((asking, b'{"Type":["WEBSOCKET"]}'), (upgrading, b"")):
            client = clients.enter_context(socket.create_connection((host, int(port))))
            client.sendall(f"{head}Host: {host}:{port}\r\n\r\n".encode() + body)
        assert eventually(lambda: "openparticipant_requests_held 2.0" in metrics(server))
    assert eventually(lambda: "openparticipant_requests_held 0.0" in metrics(server))
    told = metrics(server)
    for operation in ("CreateParticipantConnection", "WebSocket"):
        assert f'requests_total{{operation="{operation}",status="499"}} 1.0' in told


def test_a_server_that_ends_lets_go_of_those_who_wait(server: Server, line: Proxy) -> None:
    """They are answered, not cut off, so that their next try is another node's."""
    chat = server.start_chat()
    line.refuse()
    with ThreadPoolExecutor(1) as client:
        waiting = client.submit(connect, chat)
        assert eventually(lambda: "openparticipant_requests_held 1.0" in metrics(server))
        server.call(lambda: server.node.server.drain(0, CONNECTING / 1000 - 5))
        assert waiting.result().status == 500


def metrics(server: Server) -> str:
    """Return what the operator's port counts."""
    return request("GET", f"{server.admin_url}/metrics").body.decode()
