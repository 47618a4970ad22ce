"""GetTranscript, over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from openparticipant.testing.chat import Chat
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from openparticipant.wire.times import iso8601


def talk(chat: Chat, length: int) -> list[str]:
    """Say numbers; return the items' ids."""
    return [chat.say(str(number)).json["Id"] for number in range(length)]


def ids(chat: Chat, **members: Any) -> list[str]:
    return [item["Id"] for item in chat.transcript(**members).json["Transcript"]]


def test_without_members_it_is_the_newest_ten(server: Server) -> None:
    """Newest first; 0 and an empty position are as if they were not there."""
    chat = server.start_chat()
    newest = talk(chat, 12)[:1:-1]

    assert ids(chat) == ids(chat, MaxResults=0) == ids(chat, StartPosition={}) == newest
    assert ids(chat, SortOrder="ASCENDING") == newest[::-1]


def test_a_position_is_read_forward_unless_told_otherwise(
    server: Server, clock: SettableClock
) -> None:
    """By item, by instant and by number; the item there is read, too."""
    chat = server.start_chat()
    said = []
    for word in "abcd":
        clock.advance(1000)
        said += [(chat.say(word).json["Id"], clock.now())]
    names = [name for name, _ in said]

    for position in (
        {"Id": names[2]},
        {"AbsoluteTime": iso8601(said[2][1])},
        {"AbsoluteTime": iso8601(said[1][1] + 1)},
        {"MostRecent": 2},
    ):
        forward = {"StartPosition": position, "SortOrder": "ASCENDING"}
        assert ids(chat, **forward) == names[2:], position
    back = {"StartPosition": {"Id": names[2]}, "ScanDirection": "BACKWARD"}
    assert ids(chat, **back) == names[2::-1]
    later = {"StartPosition": {"AbsoluteTime": iso8601(clock.now() + 1)}}
    assert ids(chat, **later) == []
    assert ids(chat, **later, ScanDirection="BACKWARD") == names[::-1]


@pytest.mark.parametrize(
    "members",
    [
        {"StartPosition": {"Id": "none"}},
        {"StartPosition": {"AbsoluteTime": "yesterday"}},
        {"StartPosition": {"MostRecent": 1, "AbsoluteTime": "2026-01-01T00:00:00Z"}},
        {"StartPosition": {"MostRecent": 101}},
        {"ContactId": "another"},
        {"NextToken": "made up"},
        {"NextToken": "AQAAAAAAAAAAAmIMa6LOYD71I-cv7OZwwno="},
        {"MaxResults": 101},
        {"SortOrder": "SIDEWAYS"},
    ],
)
def test_what_names_nothing_is_refused(server: Server, members: dict[str, Any]) -> None:
    """In words, and never with an empty page that looks like the end."""
    answer = server.start_chat().transcript(**members)

    assert (answer.status, answer.error) == (400, "ValidationException")


def test_a_next_token_is_good_for_one_chat_and_direction(server: Server) -> None:
    """And stays good, whatever is said meanwhile."""
    chat, other = server.start_chat(), server.start_chat()
    said = talk(chat, 5)
    talk(other, 5)
    token = chat.transcript(MaxResults=2).json["NextToken"]
    chat.say("later")

    assert ids(chat, MaxResults=9, NextToken=token) == said[2::-1]
    assert other.transcript(NextToken=token).error == "ValidationException"
    forward = chat.transcript(NextToken=token, ScanDirection="FORWARD")
    assert forward.error == "ValidationException"


def test_the_whole_life_of_a_chat_is_told(server: Server) -> None:
    """Who came and went stands between the messages and files."""
    chat = server.start_chat("Jane", InitialMessage={"ContentType": "text/plain", "Content": "hi"})
    agent = chat.join(display_name="Al")
    agent.tell("connection.acknowledged")
    attachment_id = agent.attach("a.txt", b"hello")
    agent.call("disconnect")

    items = chat.transcript(SortOrder="ASCENDING").json
    told = [(item["Type"], item["DisplayName"]) for item in items["Transcript"]]

    assert items["InitialContactId"] == chat.contact_id
    assert told == [("MESSAGE", "Jane"), ("EVENT", "Al"), ("ATTACHMENT", "Al"), ("EVENT", "Al")]
    file = items["Transcript"][2]
    assert "Content" not in file
    assert "ContentType" not in file
    assert file["Attachments"] == [
        {
            "ContentType": "text/plain",
            "AttachmentId": attachment_id,
            "AttachmentName": "a.txt",
            "Status": "APPROVED",
        }
    ]
