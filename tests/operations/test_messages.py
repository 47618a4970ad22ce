"""SendMessage and SendEvent, over the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openparticipant.testing.server import Server

EVENT = "application/vnd.amazonaws.connect.event"


def said(chat: Any, content_type: str, content: str) -> tuple[int, str]:
    answer = chat.call("message", {"ContentType": content_type, "Content": content})
    return answer.status, answer.error


def test_a_message_is_said_and_read(server: Server) -> None:
    """The answer names the item that everyone gets, with the instant that it has there."""
    chat = server.start_chat("Jane")

    answer = chat.say("Grüße 🧵")

    (item,) = chat.transcript().json["Transcript"]
    assert item == {
        "AbsoluteTime": answer.json["AbsoluteTime"],
        "Content": "Grüße 🧵",
        "ContentType": "text/plain",
        "Id": answer.json["Id"],
        "Type": "MESSAGE",
        "ParticipantId": chat.participant_id,
        "DisplayName": "Jane",
        "ParticipantRole": "CUSTOMER",
        "ContactId": chat.contact_id,
    }


def test_a_client_token_says_one_thing(server: Server) -> None:
    """A repeat is answered as the first was; other words under it are refused."""
    chat = server.start_chat()
    first = chat.say("one", ClientToken="t").json

    assert chat.say("one", ClientToken="t").json == first
    assert chat.say("two", ClientToken="t").error == "ValidationException"
    assert len(chat.transcript().json["Transcript"]) == 1


@pytest.mark.parametrize(
    ("content_type", "most"),
    [("text/plain", 1024), ("text/markdown", 1024), ("application/json", 12000)],
)
def test_a_message_has_its_longest(server: Server, content_type: str, most: int) -> None:
    """Counted in characters, whatever their bytes; one more is refused."""
    chat = server.start_chat(SupportedMessagingContentTypes=["text/plain", content_type])
    longest = json.dumps("🧵" * (most - 2), ensure_ascii=False)

    assert said(chat, content_type, longest) == (200, "")
    assert said(chat, content_type, f"{longest} ") == (400, "ValidationException")


def test_only_what_the_chat_takes_is_said(server: Server) -> None:
    """Plain text alone unless StartChatContact named more, and never what is no message."""
    chat = server.start_chat()

    for content_type in ("text/markdown", "application/json", "text/html", f"{EVENT}.typing"):
        assert said(chat, content_type, "1") == (400, "ValidationException")
    assert said(chat, "text/plain", "") == (400, "ValidationException")


@pytest.mark.parametrize("content", ["{", "NaN", "[" * 5000, "'a'", "1 2"])
def test_json_is_json(server: Server, content: str) -> None:
    """A client that parses it must not fail on it."""
    chat = server.start_chat(SupportedMessagingContentTypes=["text/plain", "application/json"])

    assert said(chat, "application/json", content) == (400, "ValidationException")


def test_receipts_under_one_client_token_all_count(server: Server) -> None:
    """Browser clients send a constant one."""
    chat = server.start_chat()
    agent = chat.join()
    ids = [chat.say(word).json["Id"] for word in ("one", "two")]

    for message_id in ids:
        answer = agent.call(
            "event",
            {
                "ContentType": f"{EVENT}.message.read",
                "Content": json.dumps({"messageId": message_id, "disableThrottle": True}),
                "ClientToken": "INCOMING_READ_RECEIPT",
            },
        )
        assert answer.status == 200

    items = chat.transcript(SortOrder="ASCENDING").json["Transcript"]
    told = [item["MessageMetadata"] for item in items]
    assert [each["MessageId"] for each in told] == ids
    for each in told:
        (receipt,) = each["Receipts"]
        assert receipt["RecipientParticipantId"] == agent.participant_id
        assert receipt["ReadTimestamp"] == receipt["DeliveredTimestamp"]


@pytest.mark.parametrize(
    "content", [None, "", "{", "{}", '{"messageId": 1}', '{"messageId": ""}', '"x"', "[]"]
)
def test_a_receipt_names_a_message(server: Server, content: str | None) -> None:
    """Anything else in its Content is refused."""
    chat = server.start_chat()
    body = {"ContentType": f"{EVENT}.message.delivered", "Content": content}

    answer = chat.call("event", {name: each for name, each in body.items() if each is not None})

    assert (answer.status, answer.error) == (400, "ValidationException")


def test_a_receipt_is_for_somebody_elses_message(server: Server) -> None:
    """Neither for one's own, nor for one of another chat, nor for one that is not there."""
    chat, other = server.start_chat(), server.start_chat()
    own, foreign = chat.say().json["Id"], other.say().json["Id"]

    for message_id in (own, foreign, "none"):
        assert chat.tell("message.read", message_id).error == "ValidationException"


def test_receipts_are_for_two(server: Server) -> None:
    """As documented: among more it is a conflict."""
    chat = server.start_chat()
    message_id = chat.say().json["Id"]
    agents = [chat.join() for _ in range(3)]
    for participant in (chat, *agents):
        assert participant.tell("connection.acknowledged").status == 200

    assert agents[0].tell("message.read", message_id).error == "ConflictException"


def test_an_acknowledged_connection_is_a_coming(server: Server) -> None:
    """Older clients say by an event what ConnectParticipant says; others are told once."""
    chat = server.start_chat()

    for _ in range(2):
        assert chat.tell("connection.acknowledged").status == 200

    (item,) = chat.transcript().json["Transcript"]
    assert item["ContentType"] == f"{EVENT}.participant.joined"


@pytest.mark.parametrize("event", ["participant.left", "chat.ended", "message.metadata", "x"])
def test_what_the_server_tells_cannot_be_sent(server: Server, event: str) -> None:
    """Nobody can end a chat by saying so."""
    chat = server.start_chat()

    assert chat.tell(event).error == "ValidationException"
    assert chat.transcript().json["Transcript"] == []
