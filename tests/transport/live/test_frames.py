"""What a socket answers to what clients send, right or wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed

from openparticipant.testing.chat import Chat, request
from openparticipant.testing.listener import Listener
from openparticipant.testing.server import Server
from openparticipant.transport.bounds import Bounds
from openparticipant.transport.socket_protocol import LARGEST_FRAME
from tests.eventually import eventually
from tests.transport.live.raw_socket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    RawSocket,
    frame,
)

SUBSCRIBE = b'{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}'
SUBSCRIBED = b'{"topic":"aws/subscribe","content":{"status":"success","topics":["aws/chat"]}}'
HEARTBEAT = b'{"topic":"aws/heartbeat"}'
PINGED = b'{"topic":"aws/ping","statusCode":200,"statusContent":"OK"}'
FORBIDDEN = {"message": "Forbidden"}


def text(raw: RawSocket) -> bytes:
    """Return the next text frame."""
    while True:
        opcode, data = raw.frame()
        if opcode == TEXT:
            return data
        assert opcode == PING


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (SUBSCRIBE, SUBSCRIBED),
        (SUBSCRIBE + b")", SUBSCRIBED),
        (b' {"topic": "aws/subscribe", "content": {"topics": ["aws/chat"]}})', SUBSCRIBED),
        (b'{"content":{"topics":["x","aws/chat"]},"topic":"aws/subscribe"}', SUBSCRIBED),
        (HEARTBEAT, HEARTBEAT),
        (b'{"topic":"aws/heartbeat","content":{"topics":5}}', HEARTBEAT),
        (b'{"topic":"aws/ping"}', PINGED),
        (
            b'{"topic":"aws/unsubscribe","content":{"topics":["aws/chat"]}}',
            b'{"topic":"aws/unsubscribe","content":{"status":"success","topics":["aws/chat"]}}',
        ),
        (
            b'{"topic":"aws/subscribe","content":{"topics":["aws/other"]}}',
            b'{"topic":"aws/subscribe","content":{"status":"failure","topics":["aws/other"]}}',
        ),
        (
            b'{"topic":"aws/subscribe","content":{"topics":["\\ud800",5,"\\u00e9"]}}',
            b'{"topic":"aws/subscribe","content":{"status":"failure","topics":[]}}',
        ),
        (
            b'{"topic":"aws/subscribe"}',
            b'{"topic":"aws/subscribe","content":{"status":"failure","topics":[]}}',
        ),
    ],
)
def test_control_frames_are_answered_byte_for_byte(chat: Chat, asked: bytes, answer: bytes) -> None:
    """Clients compare members, and one of them sends a stray parenthesis."""
    with RawSocket.open(chat.websocket_url()) as raw:
        raw.send(frame(TEXT, asked))
        assert text(raw) == answer


GARBAGE: dict[str, tuple[int, bytes]] = {
    "nothing": (TEXT, b""),
    "blank": (TEXT, b" \n"),
    "no JSON": (TEXT, b"hello"),
    "half of it": (TEXT, b'{"topic":"aws/heartbeat"'),
    "a parenthesis in front": (TEXT, b"(" + HEARTBEAT),
    "a list": (TEXT, b'["aws/heartbeat"]'),
    "null": (TEXT, b"null"),
    "a topic that is a number": (TEXT, b'{"topic":5}'),
    "an unknown topic": (TEXT, b'{"topic":"aws/other"}'),
    "a chat item": (TEXT, b'{"topic":"aws/chat","content":"{}"}'),
    "a topic in capitals": (TEXT, b'{"topic":"AWS/HEARTBEAT"}'),
    "half a surrogate pair": (TEXT, b'{"topic":"\\ud800"}'),
    "U+0000": (TEXT, b"\0"),
    "10,000 levels": (TEXT, b"[" * 10_000),
    "10,000 levels of content": (TEXT, b'{"topic":"aws/ping","content":' + b"[" * 10_000),
    "5,000 digits": (TEXT, b"1" * 5000),
    "binary": (BINARY, HEARTBEAT),
    "empty binary": (BINARY, b""),
    "as much as may come": (TEXT, b"x" * LARGEST_FRAME),
}


@pytest.mark.parametrize("sent", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_answered_and_changes_nothing(chat: Chat, sent: tuple[int, bytes]) -> None:
    """The answer is a gateway's; the socket goes on."""
    with RawSocket.open(chat.websocket_url()) as raw:
        raw.send(frame(*sent))
        answer = json.loads(text(raw))
        assert {name: answer[name] for name in FORBIDDEN} == FORBIDDEN
        assert sorted(answer) == ["connectionId", "message", "requestId"]
        raw.send(frame(TEXT, HEARTBEAT))
        assert text(raw) == HEARTBEAT


def test_twenty_strikes_in_a_row_are_the_end(chat: Chat) -> None:
    """Nineteen are forgiven by one frame that is understood."""
    with RawSocket.open(chat.websocket_url()) as raw:
        raw.send((frame(TEXT, b"x") * 19 + frame(TEXT, HEARTBEAT)) * 3)
        answers = [json.loads(text(raw)).get("topic") for _ in range(60)]
        assert answers == ([None] * 19 + ["aws/heartbeat"]) * 3
        raw.send(frame(TEXT, b"x") * 20)
        assert raw.closed_with() == 1008


TOO_MUCH: dict[str, tuple[bytes, int]] = {
    "a byte too many": (frame(TEXT, b"x" * (LARGEST_FRAME + 1)), 1009),
    "1 MB": (frame(TEXT, b"x" * 1_000_000), 1009),
    "1 MB of binary": (frame(BINARY, bytes(1_000_000)), 1009),
    "too much in pieces": (
        frame(TEXT, b"x" * 30_000, fin=False) + frame(CONTINUATION, b"x" * 30_000),
        1009,
    ),
    "pieces without end": (
        frame(TEXT, b"x", fin=False) + frame(CONTINUATION, fin=False) * 10_000,
        1009,
    ),
    "text that is none": (frame(TEXT, b'"\xff"'), 1007),
    "text that is none, in pieces": (
        frame(TEXT, b'"\xc3', fin=False) + frame(CONTINUATION, b'"'),
        1007,
    ),
    "no mask": (frame(TEXT, HEARTBEAT, masked=False), 1002),
    "a piece of nothing": (frame(CONTINUATION, b"x"), 1002),
    "an unknown opcode": (frame(0x3, b"x"), 1002),
    "a long ping": (frame(PING, b"x" * 126), 1002),
    "a close of one byte": (frame(CLOSE, b"x"), 1002),
}


@pytest.mark.parametrize(("sent", "code"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_what_breaks_the_protocol_ends_the_socket(chat: Chat, sent: bytes, code: int) -> None:
    """With the code that says why, and the chat goes on for the others."""
    with chat.listen() as other, RawSocket.open(chat.websocket_url()) as raw:
        raw.send(frame(TEXT, SUBSCRIBE))
        assert text(raw) == SUBSCRIBED
        raw.send(sent)
        for _ in range(3):
            chat.say("on")
        assert raw.closed_with() == code
        assert other.item()["Type"] == "EVENT"
        assert [other.item()["Content"] for _ in range(3)] == ["on"] * 3


def test_frame_in_pieces_is_one(chat: Chat) -> None:
    """With pings between them, as the protocol allows."""
    with RawSocket.open(chat.websocket_url()) as raw:
        pieces = [SUBSCRIBE[at : at + 7] for at in range(0, len(SUBSCRIBE), 7)]
        raw.send(frame(TEXT, pieces[0], fin=False))
        for piece in pieces[1:]:
            raw.send(frame(PING, b"p") + frame(CONTINUATION, piece, fin=False))
        raw.send(frame(CONTINUATION))
        assert [raw.frame() for _ in pieces[1:]] == [(PONG, b"p")] * (len(pieces) - 1)
        assert text(raw) == SUBSCRIBED


def test_nothing_is_subscribed_to_in_time(chat: Chat) -> None:
    """Pings and garbage do not count; neither does a subscription that was given back."""
    for sent in (b"", frame(TEXT, HEARTBEAT), frame(TEXT, SUBSCRIBE.replace(b"chat", b"x"))):
        with RawSocket.open(chat.websocket_url()) as raw:
            raw.send(sent)
            assert raw.closed_with() == 1008
    with RawSocket.open(chat.websocket_url()) as raw:
        raw.send(frame(TEXT, SUBSCRIBE) + frame(TEXT, SUBSCRIBE.replace(b"/sub", b"/unsub")))
        assert raw.closed_with() == 1008


@pytest.fixture
def pinging() -> Iterator[Chat]:
    """Return a chat on a server that is impatient with those who do not answer its pings."""
    with Server(bounds=Bounds(ping_seconds=0.3, subscribe_seconds=0.3)) as server:
        yield server.start_chat()


def test_silent_client_that_answers_pings_stays(pinging: Chat) -> None:
    """A phone that sleeps sends no heartbeat; its network stack answers all the same."""
    with RawSocket.open(pinging.websocket_url()) as raw:
        raw.send(frame(TEXT, SUBSCRIBE))
        assert text(raw) == SUBSCRIBED
        for _ in range(4):  # longer than the answer to one, or the subscription, may take
            opcode, payload = raw.frame()
            while opcode != PING:
                opcode, payload = raw.frame()
            raw.send(frame(PONG, payload))
        pinging.say("on")
        assert json.loads(json.loads(text(raw))["content"])["Content"] == "on"


def test_client_that_answers_no_ping_is_cut_off(pinging: Chat) -> None:
    """Its place is free again, without a farewell that nobody would read."""
    with RawSocket.open(pinging.websocket_url()) as raw:
        raw.send(frame(TEXT, SUBSCRIBE))
        assert text(raw) == SUBSCRIBED
        assert raw.closed_with() is None
    assert eventually(lambda: sockets(pinging.server) == 0)


def test_unsubscribed_socket_is_told_nothing(chat: Chat) -> None:
    """Neither before it subscribes nor after it gave that back."""
    with Listener(chat.websocket_url()) as early, chat.listen() as late:
        assert late.item()["Type"] == "EVENT"
        unsubscribe = {"topic": "aws/unsubscribe", "content": {"topics": ["aws/chat"]}}
        assert late.ask(unsubscribe)["content"]["status"] == "success"
        chat.say("unheard")
        for listener in (early, late):
            listener.send({"topic": "aws/heartbeat"})
            assert listener.receive() == {"topic": "aws/heartbeat"}
        late.subscribe()
        chat.say("heard")
        assert late.item()["Content"] == "heard"


def test_second_subscription_changes_nothing(chat: Chat) -> None:
    """Clients repeat it when an answer is late; each item still comes once."""
    with chat.listen() as listener:
        assert listener.item()["Type"] == "EVENT"
        assert listener.subscribe()["content"]["status"] == "success"
        chat.say("one")
        chat.say("two")
        assert [listener.item()["Content"] for _ in range(2)] == ["one", "two"]


def test_client_may_leave_at_any_moment(server: Server, chat: Chat) -> None:
    """In the middle of a frame, of a handshake's answer, or with a close of its own."""
    for farewell in (frame(TEXT, SUBSCRIBE)[:5], frame(TEXT, SUBSCRIBE), frame(CLOSE)):
        with RawSocket.open(chat.websocket_url()) as raw:
            raw.send(farewell)
    with Listener(chat.websocket_url()) as listener:
        listener.subscribe()
    with pytest.raises(ConnectionClosed):
        listener.receive()
    assert eventually(lambda: sockets(server) == 0)


def sockets(server: Server) -> int:
    """Read off the metrics how many sockets are open."""
    lines = request("GET", f"{server.admin_url}/metrics").body.decode().splitlines()
    (value,) = [line.split()[1] for line in lines if line.startswith("openparticipant_sockets ")]
    return int(float(value))
