"""A server whose PostgreSQL dies or freezes: who is held, who is told, and who hears it all."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from openparticipant.testing.chat import Answer, Chat, post, request
from openparticipant.testing.listener import Listener
from openparticipant.testing.server import Server
from tests.engines.postgres import PostgresServer
from tests.eventually import eventually

SUBSCRIBE = {"topic": "aws/subscribe", "content": {"topics": ["aws/chat"]}}
SAY = {"ContentType": "text/plain", "Content": "hello"}
BOTH = {"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]}

Outage = Callable[[], None]


@pytest.fixture
def server(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Server]:
    """Return a node on a database of its own."""
    (key := tmp_path / "master-key").write_bytes(base64.b64encode(bytes(32)))
    with Server(database=postgres_server.address, master_key_file=str(key)) as server:
        yield server


@pytest.fixture(params=["killed", "frozen"])
def outage(
    postgres_server: PostgresServer, request: pytest.FixtureRequest
) -> tuple[Outage, Outage]:
    """Return what begins an outage, and what ends it."""
    if request.param == "killed":
        return postgres_server.kill, postgres_server.start
    return postgres_server.freeze, postgres_server.thaw


def readiness(server: Server) -> dict[str, object]:
    """Return what the server says of itself, which is 200 as long as it serves."""
    answer = request("GET", f"{server.url}/health/ready")
    assert answer.status == 200
    said: dict[str, object] = answer.json
    return said


def is_degraded(server: Server) -> bool:
    """Tell whether the server knows that its database is away."""
    return readiness(server)["status"] == "degraded"


def connect(chat: Chat) -> Answer:
    """Call CreateParticipantConnection."""
    return post(
        chat.server, "/participant/connection", BOTH, **{"x-amz-bearer": chat.participant_token}
    )


def begin(server: Server, chat: Chat, outage: Outage) -> Answer:
    """Begin an outage, and return the answer to the first one who meets it."""
    outage()
    answer = chat.call("message", SAY)
    assert eventually(lambda: is_degraded(server))
    return answer


def has_come_to(answers: list[tuple[str, int]], told: int) -> bool:
    """Tell whether so many calls have been answered well."""
    return sum(status == 200 for _, status in answers) >= told


def test_nobody_is_refused_as_a_stranger(server: Server, outage: tuple[Outage, Outage]) -> None:
    """A token that cannot be looked up is not a wrong one: 500, not 403."""
    chat = server.start_chat()
    started = chat.start_upload()
    away, back = outage

    assert begin(server, chat, away).status == 500
    for answer in (
        chat.call("message", SAY),
        chat.call("transcript", {}),
        chat.complete(started.json["AttachmentId"]),
        chat.call("disconnect", {}),
    ):
        assert (answer.status, answer.error) == (500, "InternalServerException")
    back()

    assert eventually(lambda: not is_degraded(server))
    assert chat.call("message", SAY).status == 200


def test_whoever_connects_is_held_until_it_is_back(
    server: Server, outage: tuple[Outage, Outage]
) -> None:
    """A browser client whose connection fails would never try again."""
    chat = server.start_chat()
    away, back = outage
    begin(server, chat, away)

    with ThreadPoolExecutor(8) as clients:
        waiting: list[Future[Answer]] = [clients.submit(connect, chat) for _ in range(8)]
        # Longer than the others are held: this one has been told, those still wait.
        assert chat.call("message", SAY).status == 500
        assert not any(one.done() for one in waiting)
        back()

        assert {one.result().status for one in waiting} == {200}


def test_a_handshake_is_held(server: Server, outage: tuple[Outage, Outage]) -> None:
    """The socket opens when the database is back, and hears what comes."""
    chat = server.start_chat()
    url = connect(chat).json["Websocket"]["Url"]
    away, back = outage
    begin(server, chat, away)

    with ThreadPoolExecutor(1) as client:
        opening = client.submit(Listener, url)
        assert chat.call("message", SAY).status == 500
        assert not opening.done()
        back()

        with opening.result() as listener:
            assert listener.subscribe()["content"]["status"] == "success"


def test_sockets_stay_and_hear_what_comes_after(
    server: Server, outage: tuple[Outage, Outage]
) -> None:
    """An outage closes no socket, and what is said after it is heard, once and in order."""
    chat = server.start_chat()
    away, back = outage
    with Listener(connect(chat).json["Websocket"]["Url"]) as listener:
        listener.subscribe()
        begin(server, chat, away)
        back()
        assert eventually(lambda: not is_degraded(server))

        said = [
            chat.call("message", SAY | {"Content": str(number)}).json["Id"] for number in range(5)
        ]
        heard: list[str] = []
        while said[-1] not in heard:
            heard.append(listener.item()["Id"])
        assert [each for each in heard if each in said] == said
        assert listener.ask({"topic": "aws/heartbeat"})["topic"] == "aws/heartbeat"


def test_a_subscription_waits_with_its_socket(
    server: Server, outage: tuple[Outage, Outage]
) -> None:
    """A client that is refused would stay deaf; this one is answered late, and its heart goes on."""
    chat = server.start_chat()
    away, back = outage
    with Listener(connect(chat).json["Websocket"]["Url"]) as listener:
        begin(server, chat, away)
        for _ in range(4):  # as browser clients do that get no answer
            listener.send(SUBSCRIBE)
        assert listener.ask({"topic": "aws/heartbeat"}) == {"topic": "aws/heartbeat"}
        back()

        assert listener.receive(30)["content"]["status"] == "success"
        said = chat.call("message", SAY).json["Id"]
        while listener.item()["Id"] != said:
            pass
        assert listener.ask({"topic": "aws/heartbeat"}) == {"topic": "aws/heartbeat"}


def test_a_message_with_a_client_token_is_said_once(
    server: Server, postgres_server: PostgresServer
) -> None:
    """What is repeated for a client while the database comes back is in the transcript once."""
    chat = server.start_chat()
    stop = threading.Event()
    answers: list[tuple[str, int]] = []

    def talk(name: str) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            text = f"{name}-{number}"
            message = SAY | {"Content": text, "ClientToken": text}
            answers.append((text, chat.call("message", message).status))

    with ThreadPoolExecutor(4) as talkers:
        for name in "abcd":
            talkers.submit(talk, name)
        for told in (40, 100):
            assert eventually(partial(has_come_to, answers, told))
            postgres_server.kill()
            postgres_server.start()
        assert eventually(partial(has_come_to, answers, 160))
        stop.set()
    assert eventually(lambda: not is_degraded(server))

    assert {status for _, status in answers} <= {200, 500}
    texts: list[str] = []
    token: str | None = ""
    while token is not None:
        asked = {"MaxResults": 100} | ({"NextToken": token} if token else {})
        page = chat.call("transcript", asked).json
        texts += [item["Content"] for item in page["Transcript"] if item["Type"] == "MESSAGE"]
        token = page.get("NextToken")
    assert len(texts) == len(set(texts))
    assert {text for text, status in answers if status == 200} <= set(texts)
