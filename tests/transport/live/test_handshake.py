"""Who gets a WebSocket, and what the others are told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from openparticipant.testing.chat import Answer, Chat, request
from openparticipant.testing.listener import Listener
from openparticipant.testing.server import Server
from tests.eventually import eventually
from tests.transport.live.conftest import ORIGIN, Stage
from tests.transport.live.raw_socket import RawSocket, handshake


def refusal(url: str, origin: str | None = None) -> Answer:
    """Try to open a WebSocket and return the answer that refuses it."""
    with pytest.raises(InvalidStatus) as caught:
        Listener(url, origin)
    response = caught.value.response
    headers = {name.lower(): value for name, value in response.headers.raw_items()}
    return Answer(response.status_code, headers, bytes(response.body or b""))


def denied(answer: Answer) -> None:
    """Check that an answer says no, and not why."""
    assert (answer.status, answer.error) == (403, "AccessDeniedException")
    assert answer.headers["content-type"] == "application/json"
    assert len(answer.headers["x-amzn-requestid"]) == 36
    assert answer.json == {"__type": "AccessDeniedException", "Message": "Access denied"}


def test_url_works_again_and_again_for_its_hundred_seconds(stage: Stage, chat: Chat) -> None:
    """Clients try the same URL for up to 85 seconds; at 100 it is over."""
    url = chat.websocket_url()
    for _ in range(3):
        with Listener(url) as listener:
            assert listener.subscribe()["content"]["status"] == "success"
        stage.clock.advance(33_333)
    with Listener(url):
        stage.clock.advance(1)
    denied(refusal(url))


def test_open_socket_outlives_its_url(stage: Stage, chat: Chat) -> None:
    """The hundred seconds are for the handshake alone."""
    with chat.listen() as listener:
        assert listener.item()["Type"] == "EVENT"
        stage.clock.advance(3_600_000)
        chat.say("still there")
        assert listener.item()["Content"] == "still there"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?AuthToken=",
        "?AuthToken=unknown",
        "?authtoken={token}",
        "?AuthToken={token}0",
        "?AuthToken={token}&AuthToken={token}",
        "?AuthToken={token}%00",
        "?AuthToken=%ff%fe",
        "?AuthToken={connection}",
        "?AuthToken={participant}",
        "?AuthToken=" + "a" * 1001,
    ],
)
def test_anything_but_one_good_token_is_denied(chat: Chat, query: str) -> None:
    """None, another kind, a changed one, or two: all get the same answer."""
    url, _, token = chat.websocket_url().partition("?AuthToken=")
    filled = query.replace("{token}", token).replace("{connection}", chat.connection_token)
    denied(refusal(url + filled.replace("{participant}", chat.participant_token)))


def test_url_dies_with_the_participation(chat: Chat) -> None:
    """Who left gets no socket, nor does anybody once the chat has ended."""
    agent = chat.join()
    ours, theirs = chat.websocket_url(), agent.websocket_url()
    assert agent.call("disconnect").status == 200
    denied(refusal(theirs))
    with Listener(ours):
        pass
    assert chat.stop().status == 200
    denied(refusal(ours))


def test_url_dies_with_the_time_of_the_contact(stage: Stage) -> None:
    """A chat whose duration is over has ended, whether or not that was noted yet."""
    chat = stage.server.start_chat(ChatDurationInMinutes=60)
    stage.clock.advance(3_600_000 - 1000)
    url = chat.websocket_url()
    stage.clock.advance(1000)
    denied(refusal(url))


@pytest.mark.parametrize(
    "path", ["/participant/websockets", "/participant/websocket/", "/", "/participant/%77ebsocket"]
)
def test_other_addresses_are_not_found(chat: Chat, path: str) -> None:
    """A good token opens nothing elsewhere."""
    url = chat.websocket_url()
    answer = refusal(url.replace("/participant/websocket", path))
    assert (answer.status, answer.error) == (404, "UnknownOperationException")
    assert answer.json["__type"] == answer.error


def test_page_of_another_origin_is_denied(chat: Chat) -> None:
    """Browsers apply no CORS to WebSockets, so the server looks; what is no browser names none."""
    url = chat.websocket_url()
    for origin in ("https://evil.example", "null", f"{ORIGIN}.evil.example", ORIGIN.upper()):
        denied(refusal(url, origin))
    for allowed in (ORIGIN, None):
        with Listener(url, allowed) as listener:
            assert listener.subscribe()["content"]["status"] == "success"


def test_every_origin_is_welcome_unless_named() -> None:
    """Tokens, not origins, are the right to speak."""
    with Server() as server, Listener(server.start_chat().websocket_url(), "https://a.example"):
        pass


BROKEN: dict[str, dict[str, Any]] = {
    "no key": {"key": ""},
    "a key that is none": {"key": "x"},
    "two keys": {"headers": ["Sec-WebSocket-Key: " + "A" * 22 + "=="]},
    "an old version": {"version": "8"},
    "no version": {"version": None},
    "a POST": {"method": "POST", "headers": ["Content-Length: 2"], "body": b"{}"},
    "a body": {"headers": ["Content-Length: 5"], "body": b"hello"},
    "a long target": {"target": "/participant/websocket?AuthToken=" + "a" * 9000},
    "a long header": {"headers": ["X-Long: " + "a" * 9000]},
}


@pytest.mark.parametrize("how", BROKEN.values(), ids=BROKEN.keys())
def test_malformed_handshake_is_answered_and_ended(chat: Chat, how: dict[str, Any]) -> None:
    """Each gets one answer in JSON and its connection ends, whatever the library thinks of it."""
    url = chat.websocket_url()
    with RawSocket(url) as raw:
        raw.send(handshake(url, **how))
        head = raw.head().decode().lower()
        body = json.loads(raw.rest())
    assert head.startswith("http/1.1 400 ")
    assert "content-type: application/json" in head
    assert "x-amzn-errortype: validationexception" in head
    assert body["__type"] == "ValidationException"


def test_no_subprotocol_and_no_extension_is_agreed_to(chat: Chat) -> None:
    """Clients of the real service are told of none."""
    url = chat.websocket_url()
    offers = [
        "Sec-WebSocket-Protocol: chat, superchat",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    ]
    with RawSocket(url) as raw:
        raw.send(handshake(url, headers=offers))
        head = raw.head().decode().lower()
    assert head.startswith("http/1.1 101 ")
    assert "sec-websocket-protocol" not in head
    assert "sec-websocket-extensions" not in head


def test_log_tells_of_handshakes_and_ends_and_no_secret(stage: Stage) -> None:
    """One line each under a request id, with the true reason; tokens are in none, nor in metrics."""
    chat = stage.server.start_chat()
    url = chat.websocket_url()
    with Listener(url) as listener:
        listener.ask({"topic": "aws/heartbeat"})
    assert chat.stop().status == 200
    answers = [refusal(url), refusal(url + "x")]

    def ours() -> list[dict[str, object]]:
        lines = [line for line in stage.lines() if line.get("operation") == "WebSocket"]
        ids = [answer.headers["x-amzn-requestid"] for answer in answers]
        return [line for line in lines if line.get("contact_id") == chat.contact_id] + [
            line for line in lines if line["request_id"] == ids[1]
        ]

    assert eventually(lambda: len(ours()) == 4)
    told = {(line["event"], line["status"], line.get("reason")) for line in ours()}
    assert told == {
        ("request", 101, None),
        ("socket closed", 101, None),
        ("request", 403, "the contact has ended"),
        ("request", 403, "the AuthToken is none of ours"),
    }
    seen = stage.log.getvalue() + request("GET", f"{stage.server.admin_url}/metrics").body
    assert b"openparticipant_sockets " in seen
    for secret in (url.partition("=")[2], chat.connection_token, chat.participant_token):
        assert secret.encode() not in seen
