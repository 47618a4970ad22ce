"""Two people talk through unmodified amazon-connect-chatjs in Chromium."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.chatjs.business import Meeting
from tests.clients.chatjs.seat import EVENT, Refused, Seat

_PAGES = 50  # more than any transcript here has


def test_people_talk(meeting_by_any_scheme: Meeting) -> None:
    """Joining, messages, typing and both receipts arrive, at their author's too where that is due."""
    customer, agent = meeting_by_any_scheme.customer, meeting_by_any_scheme.agent
    names = {customer.told("participant.joined")["DisplayName"] for _ in range(2)}
    assert names == {"Customer", "Agent"}

    question = customer.say("Schläft **jemand**? 😴")
    for seat in (customer, agent):
        item = seat.saw("onMessage", Id=question)
        assert (item["Content"], item["ContentType"]) == ("Schläft **jemand**? 😴", "text/plain")
        assert (item["ParticipantRole"], item["Type"]) == ("CUSTOMER", "MESSAGE")
    answer = agent.say("no")
    assert customer.heard("no")["Id"] == agent.heard("no")["Id"] == answer

    agent.tell("typing")
    assert customer.saw("onTyping")["ParticipantRole"] == "AGENT"
    agent.tell("message.delivered", messageId=question)
    delivered = customer.saw("onDeliveredReceipt")["MessageMetadata"]
    assert delivered["MessageId"] == question
    agent.tell("message.read", messageId=question)
    (read,) = customer.saw("onReadReceipt")["MessageMetadata"]["Receipts"]
    assert read["DeliveredTimestamp"] == delivered["Receipts"][0]["DeliveredTimestamp"]
    assert read["ReadTimestamp"] > read["DeliveredTimestamp"]
    # chatjs sends all receipts under one client token; a second one must count all the same.
    customer.tell("message.read", messageId=answer, disableThrottle=True)
    assert agent.saw("onReadReceipt")["MessageMetadata"]["MessageId"] == answer
    second = customer.say("and now?")
    agent.tell("message.read", messageId=second, disableThrottle=True)
    assert customer.saw("onReadReceipt")["MessageMetadata"]["MessageId"] == second
    assert agent.count("onTyping") == customer.count("onDeepHeartbeatFailure") == 0


def test_refused_messages_say_why(meeting: Meeting) -> None:
    """What the promise rejects with has the error's name, its status and a sentence."""
    with pytest.raises(Refused) as empty:
        meeting.customer.say("")
    assert empty.value.error["type"] == "ValidationException"
    assert empty.value.error["statusCode"] == 400
    assert empty.value.error["message"] == "Content must have at least 1 character."
    with pytest.raises(Refused) as unwelcome:
        meeting.customer.do("sendMessage", {"contentType": "text/markdown", "message": "**hi**"})
    assert unwelcome.value.error["type"] == "ValidationException"
    with pytest.raises(Refused) as unknown:
        meeting.customer.tell("message.read", messageId="unknown", disableThrottle=True)
    assert unknown.value.error["type"] == "ValidationException"
    with pytest.raises(Refused) as nowhere:
        meeting.customer.do("describeView", {"viewToken": "a/b token+=="})
    assert nowhere.value.error["type"] == "ResourceNotFoundException"
    assert nowhere.value.error["statusCode"] == 404


def test_pages_of_the_transcript_are_the_whole(meeting: Meeting) -> None:
    """Whichever way it is paged through, nothing is missing and nothing comes twice."""
    said = [meeting.customer.say(f"message {number}") for number in range(13)]
    forward = {"scanDirection": "FORWARD", "sortOrder": "ASCENDING"}
    (whole,) = _pages(meeting.agent, maxResults=100, **forward)
    assert [item["Id"] for item in whole if item["Type"] == "MESSAGE"] == said

    for direction in ("FORWARD", "BACKWARD"):
        for order in ("ASCENDING", "DESCENDING"):
            how = {"scanDirection": direction, "sortOrder": order, "maxResults": 4}
            pages = _pages(meeting.agent, **how)
            assert [len(page) for page in pages] == [4, 4, 4, 3]
            pages = pages if direction == "FORWARD" else pages[::-1]
            pages = pages if order == "ASCENDING" else [page[::-1] for page in pages]
            assert [item for page in pages for item in page] == whole
    last = meeting.agent.do("getTranscript", {"startPosition": {"mostRecent": 2}, **forward})
    assert last["Transcript"] == whole[-2:]
    assert meeting.customer.do("getTranscript")["Transcript"] == whole


def _pages(seat: Seat, **how: Any) -> list[list[Any]]:
    found: list[list[Any]] = []
    token: dict[str, str] = {}
    for _ in range(_PAGES):
        answer = seat.do("getTranscript", {**how, **token})
        found.append(answer["Transcript"])
        if "NextToken" not in answer:
            return found
        token = {"nextToken": answer["NextToken"]}
    pytest.fail("the pages do not end")


def test_customer_who_leaves_ends_it_for_both(meeting: Meeting) -> None:
    """Both are told once, the leaver on their own socket; calls that come later are refused."""
    meeting.customer.do("disconnectParticipant")
    _over(meeting)


def test_stopped_contact_ends_for_both(meeting: Meeting) -> None:
    """A supervisor's StopContact reaches both pages."""
    meeting.contact.stop()
    _over(meeting)


def _over(meeting: Meeting) -> None:
    for seat in (meeting.customer, meeting.agent):
        seat.told("chat.ended")
        seat.saw("onEnded")
        with pytest.raises(Refused, match="No active connection"):
            seat.say("too late")
        for call, body in (
            ("message", {"ContentType": "text/plain", "Content": "too late"}),
            ("transcript", {}),
            ("event", {"ContentType": f"{EVENT}typing"}),
        ):
            assert seat.late(call, body) == [403, "AccessDeniedException"]
        assert seat.count("onEnded") == 1
        assert seat.count("onConnectionLost") == 0
        assert seat.calls.count("connection") == 1
