"""Whatever a client sends over its WebSocket, it is answered or hung up on, and nothing breaks."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openparticipant.testing.chat import Chat
from openparticipant.testing.listener import Listener
from openparticipant.wire import frames
from tests.transport.live.raw_socket import PING, TEXT, RawSocket, frame

TOPICS = (frames.SUBSCRIBE, frames.UNSUBSCRIBE, frames.HEARTBEAT, frames.PING, frames.CHAT)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
NEARLY = st.fixed_dictionaries(
    {"topic": st.sampled_from(TOPICS) | JSON},
    optional={
        "content": JSON
        | st.fixed_dictionaries({"topics": st.lists(st.sampled_from(TOPICS) | JSON, max_size=4)})
    },
)
WRITTEN = st.builds(
    lambda value, tail: json.dumps(value) + tail,
    NEARLY | JSON,
    st.sampled_from(["", ")", " ", "{"]),
)
_SETTINGS = settings(
    max_examples=150,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def other_than_items(listener: Listener) -> dict[str, Any]:
    """Return the next frame that is no chat item."""
    while (answer := listener.receive()).get("topic") == frames.CHAT:
        pass
    return answer


@_SETTINGS
@given(st.lists(WRITTEN | st.text(max_size=50) | st.binary(max_size=50), max_size=15))
def test_each_frame_gets_one_answer(chat: Chat, sent: list[str | bytes]) -> None:
    """In order, so that the answer to a heartbeat behind them is the last."""
    with Listener(chat.websocket_url()) as listener:
        for each in sent:
            listener.send(each)
        for _ in sent:
            answer = other_than_items(listener)
            assert ("topic" in answer) != ("message" in answer)
        listener.send({"topic": frames.HEARTBEAT})
        assert other_than_items(listener) == {"topic": frames.HEARTBEAT}


@_SETTINGS
@given(
    st.lists(
        st.binary(max_size=40)
        | st.builds(
            frame,
            st.integers(0, 15),
            st.binary(max_size=130),
            fin=st.booleans(),
            masked=st.booleans(),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_bytes_are_survived(chat: Chat, pieces: list[bytes]) -> None:
    """The one who sent them may be hung up on; nobody else notices, and no fault is logged."""
    url = chat.websocket_url()
    with RawSocket.open(url) as raw:
        for piece in pieces:
            raw.send(piece)
        raw.send(frame(PING, b"still there?"))
    with RawSocket.open(url) as raw:
        raw.send(frame(TEXT, frames.HEARTBEAT_ANSWER.encode()))
        assert raw.frame() == (TEXT, frames.HEARTBEAT_ANSWER.encode())


@given(NEARLY | JSON)
def test_frame_is_read_as_json_reads_it(value: Any) -> None:
    """A topic and the names that it asks for, whatever else is there and whatever follows."""
    expected = None
    if isinstance(value, dict) and isinstance(value.get("topic"), str):
        content = value.get("content")
        topics = content.get("topics") if isinstance(content, dict) else None
        named = topics if isinstance(topics, list) else []
        names = [each for each in named if isinstance(each, str) and each.isascii()]
        expected = (value["topic"], names)
    for tail in ("", ")", "}{", "\0"):
        assert frames.read(json.dumps(value) + tail) == expected or isinstance(value, int | float)
