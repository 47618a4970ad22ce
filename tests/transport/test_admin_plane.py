"""The operator's API: what it lists, what it tells of a chat, and what it answers to nonsense."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openparticipant.limits import MINUTE
from openparticipant.testing.chat import Answer, Chat, control, request
from openparticipant.testing.clock import START, SettableClock
from openparticipant.testing.server import Server
from tests.eventually import eventually
from tests.transport.admin_calls import check_refusal, signed


@pytest.fixture(scope="module")
def log() -> io.BytesIO:
    return io.BytesIO()


@pytest.fixture(scope="module")
def server(log: io.BytesIO) -> Iterator[Server]:
    with Server(log=log, clock=SettableClock()) as running:
        yield running


@pytest.fixture
def instance(server: Server) -> str:
    """Return an instance that no other test uses."""
    return f"instance-{server.node.ports.ids.uuid()}"


def listed(server: Server, **members: object) -> Any:
    """Return a page of contacts."""
    answer = signed(server, "/contacts", urlencode(members, quote_via=quote))
    assert answer.status == 200, answer.body
    return answer.json


def ids(page: Any) -> list[str]:
    """Return the contacts of a page."""
    return [contact["Id"] for contact in page["Contacts"]]


def start(server: Server, instance: str) -> str:
    """Start a contact in an instance."""
    members = {
        "InstanceId": instance,
        "ContactFlowId": "flow",
        "ParticipantDetails": {"DisplayName": "Customer"},
    }
    answer = control(server, "PUT", "/contact/chat", members)
    assert answer.status == 200, answer.body
    contact_id: str = answer.json["ContactId"]
    return contact_id


def transcript(server: Server, contact_id: str, **members: object) -> Answer:
    """Return a page of a transcript."""
    query = urlencode(members, quote_via=quote)
    return signed(server, f"/contacts/{quote(contact_id, safe='')}/transcript", query)


def test_a_contact_is_told_with_all_that_is_known(server: Server, instance: str) -> None:
    """Open first, then ended; the counts are those of its transcript and participants."""
    contact_id = start(server, instance)
    (contact,) = listed(server, InstanceId=instance)["Contacts"]
    assert contact == {
        "Id": contact_id,
        "InstanceId": instance,
        "ContactFlowId": "flow",
        "State": "OPEN",
        "StartedAt": "2026-01-01T00:00:00.000Z",
        "ParticipantCount": 1,
        "ItemCount": 0,
    }

    control(server, "POST", "/contact/stop", {"InstanceId": instance, "ContactId": contact_id})
    (ended,) = listed(server, InstanceId=f"arn:aws:connect:x:1:instance/{instance}", State="ENDED")[
        "Contacts"
    ]
    assert ended == {
        **contact,
        "State": "ENDED",
        "EndedAt": "2026-01-01T00:00:00.000Z",
        "DisconnectReason": "API",
        "ItemCount": 1,
    }
    assert listed(server, InstanceId=instance, State="OPEN") == {"Contacts": []}


def test_an_ended_chat_is_read_when_its_tokens_are_dead(server: Server) -> None:
    """The items are those that the participants saw, files and receipts included."""
    chat = server.start_chat()
    agent = chat.join()
    said = chat.say("hello").json["Id"]
    attachment_id = chat.attach("a.txt")
    assert agent.tell("message.read", said).status == 200
    seen = agent.transcript(SortOrder="ASCENDING", MaxResults=100).json["Transcript"]
    assert chat.call("disconnect", {}).status == 200
    assert (agent.transcript().status, chat.transcript().status) == (403, 403)

    answer = transcript(server, chat.contact_id)

    assert answer.status == 200
    assert answer.json["Contact"]["State"] == "ENDED"
    assert answer.json["Transcript"][: len(seen)] == seen
    assert [item["Type"] for item in answer.json["Transcript"][len(seen) :]] == ["EVENT", "EVENT"]
    (message,) = [item for item in seen if item["Id"] == said]
    (receipt,) = message["MessageMetadata"]["Receipts"]
    assert receipt["RecipientParticipantId"] == agent.participant_id
    (file,) = [item for item in seen if item["Type"] == "ATTACHMENT"]
    assert file["Attachments"] == [
        {
            "AttachmentId": attachment_id,
            "AttachmentName": "a.txt",
            "ContentType": "text/plain",
            "Status": "APPROVED",
        }
    ]


def test_every_contact_is_read_whatever_its_instance(server: Server, instance: str) -> None:
    """The id alone says which; a list of another instance does not show it."""
    contact_id = start(server, instance)

    assert transcript(server, contact_id).json["Contact"]["InstanceId"] == instance
    assert contact_id in ids(listed(server, InstanceId=instance))
    assert listed(server, InstanceId=f"{instance}-other") == {"Contacts": []}


@pytest.mark.parametrize(
    "query",
    [
        "State=open",
        "State=OPEN&State=ENDED",
        "Stat=OPEN",
        "state=OPEN",
        "InstanceId=x'%20OR%20'1'='1",
        "InstanceId=",
        f"InstanceId={'i' * 101}",
        "InstanceId=%00",
        "InstanceId=%ff",
        "InstanceId=%ED%A0%80",
        "StartedSince=yesterday",
        "StartedSince=1%3B%20DROP%20TABLE%20contacts",
        "StartedUntil=",
        f"StartedUntil={'9' * 101}",
        "MaxResults=0",
        "MaxResults=101",
        "MaxResults=-1",
        "MaxResults=1.5",
        "MaxResults=many",
        f"MaxResults={'9' * 5000}",
        "NextToken=",
        "NextToken=AAAA",
        "NextToken=%F0%9F%A7%B5",
        f"NextToken={'a' * 1001}",
    ],
)
def test_a_wrong_query_is_a_clear_refusal(server: Server, query: str) -> None:
    """Nothing is passed over: a filter that is misspelt would let everything through."""
    check_refusal(signed(server, "/contacts", query), 400, "InvalidRequestException")


@pytest.mark.parametrize(
    ("contact_id", "status"),
    [
        ("nobody", 404),
        ("' OR 1=1 --", 404),
        ("%", 404),
        ("..", 404),
        ("a/b", 404),
        ("💬", 404),
        ("c" * 256, 404),
        ("c" * 257, 400),
        ("\0", 400),
    ],
)
def test_an_unknown_contact_has_no_transcript(server: Server, contact_id: str, status: int) -> None:
    """Whatever stands in its place."""
    code = {404: "ResourceNotFoundException", 400: "InvalidRequestException"}[status]
    check_refusal(transcript(server, contact_id), status, code)


def test_tokens_are_good_for_the_question_that_gave_them(server: Server, instance: str) -> None:
    """A page of one list or chat is no page of another."""
    for _ in range(2):
        start(server, instance)
    chats = [server.start_chat(), server.start_chat()]
    for chat in chats:
        chat.say("one")
        chat.say("two")
    token = listed(server, InstanceId=instance, MaxResults=1)["NextToken"]
    for query in (
        {"InstanceId": instance, "State": "OPEN"},
        {"InstanceId": instance, "StartedSince": "2025-01-01"},
        {},
    ):
        asked = urlencode({**query, "NextToken": token})
        check_refusal(signed(server, "/contacts", asked), 400, "InvalidRequestException")
    given = transcript(server, chats[0].contact_id, MaxResults=1).json["NextToken"]
    for chat, wrong in ((chats[1], given), (chats[0], token), (chats[0], given[:-4] + "AAA=")):
        answer = transcript(server, chat.contact_id, NextToken=wrong)
        check_refusal(answer, 400, "InvalidRequestException")


def test_pages_go_on_where_they_were_while_contacts_start(server: Server, instance: str) -> None:
    """The newest first; what starts meanwhile is in none of the pages that follow."""
    started = [start(server, instance) for _ in range(7)]
    page = listed(server, InstanceId=instance, MaxResults=2)
    found = ids(page)
    for _ in range(3):
        start(server, instance)
        page = listed(server, InstanceId=instance, MaxResults=2, NextToken=page["NextToken"])
        found += ids(page)

    assert found == started[::-1]
    assert "NextToken" not in page


@given(st.integers(1, 12))
@settings(max_examples=12, deadline=None)
def test_the_pages_of_a_transcript_joined_are_the_whole(
    talked: tuple[Server, Chat, list[Any]], size: int
) -> None:
    """In any size, the oldest first."""
    server, chat, whole = talked
    page = transcript(server, chat.contact_id, MaxResults=size).json
    found = page["Transcript"]
    for _ in range((len(whole) - 1) // size):
        token = page["NextToken"]
        page = transcript(server, chat.contact_id, MaxResults=size, NextToken=token).json
        assert 0 < len(page["Transcript"]) <= size
        found += page["Transcript"]

    assert found == whole
    assert "NextToken" not in page


@pytest.fixture(scope="module")
def talked(server: Server) -> tuple[Server, Chat, list[Any]]:
    """Return a chat and its transcript as a participant reads it."""
    chat = server.start_chat()
    for number in range(9):
        assert chat.say(str(number)).status == 200
    whole = chat.transcript(SortOrder="ASCENDING", MaxResults=100).json["Transcript"]
    assert len(whole) >= 9
    return server, chat, whole


def test_contacts_are_chosen_by_their_start(instance: str) -> None:
    """`StartedSince` is included, `StartedUntil` is not."""
    clock = SettableClock()
    with Server(log=io.BytesIO(), clock=clock) as server:
        started = []
        for minute in range(3):
            clock.set(START + minute * MINUTE)
            started.append(start(server, instance))
        for since, until in ((0, 3), (1, 3), (0, 1), (1, 2), (2, 2), (3, 3)):
            page = listed(
                server,
                StartedSince=f"2026-01-01T00:0{since}:00Z",
                StartedUntil=f"2026-01-01T01:0{until}:00.000+01:00",
            )
            assert ids(page) == started[since:until][::-1]


def test_the_log_says_who_read_what_and_no_secret(server: Server, log: io.BytesIO) -> None:
    """Request id, key and contact; neither signature nor secret nor what was said."""
    chat = server.start_chat()
    chat.say("a very private remark")
    answer = transcript(server, chat.contact_id, MaxResults=3)
    refused = signed(server, "/contacts", key=server.node.control_key._replace(access_key_id="A"))
    key = server.node.control_key

    def line(of: Answer) -> Any:
        wanted = of.headers["x-amzn-requestid"].encode()
        return next((json.loads(x) for x in log.getvalue().splitlines() if wanted in x), None)

    assert eventually(lambda: line(refused) is not None)
    told = line(answer)
    assert told["operation"] == "GetContactTranscript"
    assert (told["access_key_id"], told["contact_id"]) == (key.access_key_id, chat.contact_id)
    assert (line(refused)["status"], "access_key_id" in line(refused)) == (403, False)
    metrics = request("GET", f"{server.admin_url}/metrics").body
    assert b'openparticipant_requests_total{operation="GetContactTranscript"' in metrics
    for secret in (key.secret_access_key, "Signature=", "private remark", chat.connection_token):
        assert secret.encode() not in log.getvalue() + metrics
