"""What goes over a WebSocket: JSON texts with a topic.

Source: what browser and mobile clients send and expect. A chat item travels as a *string* of JSON
inside the frame; clients drop an object there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from openparticipant.wire import shapes

CHAT = "aws/chat"
SUBSCRIBE = "aws/subscribe"
UNSUBSCRIBE = "aws/unsubscribe"
HEARTBEAT = "aws/heartbeat"
PING = "aws/ping"

_encoder = msgspec.json.Encoder()
_lenient = json.JSONDecoder()


class LiveItem(shapes.Item, frozen=True, kw_only=True):
    """A transcript item as listeners get it: with the contact that the chat began with."""

    initial_contact_id: str


class LiveMetadata(shapes.Shape, frozen=True, kw_only=True):
    """What a message's author is told of its fate; it names no contact."""

    absolute_time: str
    content_type: str
    id: str
    type: Literal["MESSAGEMETADATA"]
    message_metadata: shapes.ItemMetadata


def chat(content: shapes.Shape) -> str:
    """Write the frame that carries an item."""
    return _text(
        {
            "topic": CHAT,
            "contentType": "application/json",
            "content": _encoder.encode(content).decode(),
        }
    )


def subscription(topic: str, status: Literal["success", "failure"], topics: Sequence[str]) -> str:
    """Write the answer to a subscription or to the end of one."""
    return _text({"topic": topic, "content": {"status": status, "topics": list(topics)}})


HEARTBEAT_ANSWER = '{"topic":"aws/heartbeat"}'
PING_ANSWER = '{"topic":"aws/ping","statusCode":200,"statusContent":"OK"}'


def not_understood(connection_id: str, request_id: str) -> str:
    """Write the answer to a frame that names no topic we know, in a gateway's words."""
    return _text({"message": "Forbidden", "connectionId": connection_id, "requestId": request_id})


def read(text: str) -> tuple[str, list[str]] | None:
    """Return a frame's topic and the topics it asks for, or None if it is no frame.

    Whatever follows the first JSON value is ignored: the iOS client sends a stray parenthesis.
    """
    try:
        frame, _ = _lenient.raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return None
    topic = frame.get("topic") if isinstance(frame, dict) else None
    if not isinstance(topic, str):
        return None
    return topic, _topics(frame.get("content"))


def _topics(content: Any) -> list[str]:
    topics = content.get("topics") if isinstance(content, dict) else None
    if not isinstance(topics, list):
        return []
    # No topic has a name beyond ASCII, and half a surrogate pair could not be answered.
    return [each for each in topics if isinstance(each, str) and each.isascii()]


def _text(frame: dict[str, Any]) -> str:
    return _encoder.encode(frame).decode()
