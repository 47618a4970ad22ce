"""A whole chat by the unmodified boto3: what is said, what is told about it, and who may not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from tests.clients.programs import VIEW
from tests.clients.sdk import client

_EVENT = "application/vnd.amazonaws.connect.event."
_SESSION_ID = "00000000-0000-4000-8000-000000000000"
_CREDENTIALS = "CONNECTION_CREDENTIALS"


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat with a customer and an agent, each known by their connection token."""

    connect: Any
    service: Any
    contact_id: str
    customer: str
    agent: str

    def join(self, role: str) -> str:
        """Bring another participant in; return their connection token."""
        created = self.connect.create_participant(
            InstanceId="instance",
            ContactId=self.contact_id,
            ParticipantDetails={"ParticipantRole": role, "DisplayName": role.title()},
        )
        return _connected(self.service, created["ParticipantCredentials"]["ParticipantToken"])

    def say(self, content: str, token: str, **more: str) -> str:
        """Send a text; return the message's id."""
        sent = self.service.send_message(
            ContentType="text/plain", Content=content, ConnectionToken=token, **more
        )
        item_id: str = sent["Id"]
        return item_id

    def tell(self, event: str, token: str, message_id: str | None = None) -> None:
        """Send an event, or a receipt for a message."""
        content = {"Content": json.dumps({"messageId": message_id})} if message_id else {}
        self.service.send_event(ContentType=f"{_EVENT}{event}", ConnectionToken=token, **content)

    def transcript(self, **how: Any) -> list[list[Any]]:
        """Return all pages that the agent can get."""
        pages: list[list[Any]] = []
        more: dict[str, str] = {}
        for _ in range(50):
            page = self.service.get_transcript(ConnectionToken=self.agent, **how, **more)
            pages.append(page["Transcript"])
            if "NextToken" not in page:
                return pages
            more = {"NextToken": page["NextToken"]}
        pytest.fail("the pages do not end")


def _connected(service: Any, participant_token: str) -> str:
    answer = service.create_participant_connection(
        Type=[_CREDENTIALS], ConnectParticipant=True, ParticipantToken=participant_token
    )
    token: str = answer["ConnectionCredentials"]["ConnectionToken"]
    return token


@pytest.fixture
def chat(session: boto3.session.Session) -> Iterator[Chat]:
    """Return a chat in which both have come, over HTTP and over TLS."""
    with client(session, "connect") as connect, client(session, "connectparticipant") as service:
        started = connect.start_chat_contact(
            InstanceId="instance",
            ContactFlowId="flow",
            ParticipantDetails={"DisplayName": "Customer"},
            InitialMessage={"ContentType": "text/plain", "Content": "Hello?"},
        )
        customer = _connected(service, started["ParticipantToken"])
        lonely = Chat(connect, service, started["ContactId"], customer, "")
        yield Chat(connect, service, lonely.contact_id, customer, lonely.join("AGENT"))


def test_people_talk(chat: Chat) -> None:
    """Messages, typing, receipts and the leaving are in the transcript as the model has them."""
    question = chat.say("Schläft jemand? 😴", chat.customer, ClientToken="once")
    assert chat.say("Schläft jemand? 😴", chat.customer, ClientToken="once") == question
    chat.tell("typing", chat.agent)
    chat.tell("message.delivered", chat.agent, question)
    chat.tell("message.read", chat.agent, question)
    answer = chat.say("no", chat.agent)
    bot = chat.join("CUSTOM_BOT")
    chat.service.disconnect_participant(ConnectionToken=bot)

    (items,) = chat.transcript(ScanDirection="FORWARD", SortOrder="ASCENDING", MaxResults=100)
    told = [item.get("Content", item["ContentType"].removeprefix(_EVENT)) for item in items]
    joined = "participant.joined"
    assert sorted(told[:3]) == ["Hello?", joined, joined]
    assert told[3:] == ["Schläft jemand? 😴", "no", joined, "participant.left"]
    said = {item["Id"]: item for item in items}
    assert said[question]["DisplayName"] == "Customer"
    assert said[answer]["ParticipantRole"] == "AGENT"
    (receipt,) = said[question]["MessageMetadata"]["Receipts"]
    assert receipt["ReadTimestamp"] > receipt["DeliveredTimestamp"]
    assert "MessageMetadata" not in said[answer]


def test_pages_begin_anywhere_and_are_the_whole(chat: Chat) -> None:
    """Forwards and backwards, from a start by id, time or number, to either end."""
    for number in range(9):
        chat.say(f"message {number}", chat.customer)
    (whole,) = chat.transcript(ScanDirection="FORWARD", SortOrder="ASCENDING", MaxResults=100)
    ids = [item["Id"] for item in whole]
    assert len(ids) == 12

    forward = chat.transcript(ScanDirection="FORWARD", SortOrder="ASCENDING", MaxResults=5)
    assert [len(page) for page in forward] == [5, 5, 2]
    assert [item for page in forward for item in page] == whole
    backward = chat.transcript(SortOrder="DESCENDING", MaxResults=5)
    assert [item for page in backward for item in page] == whole[::-1]
    for start, direction, expected in (
        ({"Id": ids[4]}, "FORWARD", ids[4:]),
        ({"Id": ids[4]}, "BACKWARD", ids[: 4 + 1]),
        ({"AbsoluteTime": whole[6]["AbsoluteTime"]}, "FORWARD", ids[6:]),
        ({"MostRecent": 3}, "FORWARD", ids[-3:]),
    ):
        pages = chat.transcript(
            StartPosition=start, ScanDirection=direction, SortOrder="ASCENDING", MaxResults=100
        )
        assert [item["Id"] for page in pages for item in page] == expected


def test_view_of_the_operator_is_described(chat: Chat) -> None:
    """A view is read by its token; one that is not there is told by id and type."""
    view = chat.service.describe_view(ViewToken="welcome", ConnectionToken=chat.customer)["View"]
    assert (view["Id"], view["Name"], view["Version"]) == ("welcome", "Welcome", 3)
    shown = view["Content"]
    assert json.loads(shown["InputSchema"]) == VIEW["Content"]["InputSchema"]
    assert json.loads(shown["Template"]) == VIEW["Content"]["Template"]
    assert shown["Actions"] == VIEW["Content"]["Actions"]
    with pytest.raises(chat.service.exceptions.ResourceNotFoundException) as missing:
        chat.service.describe_view(ViewToken="a/b token+==", ConnectionToken=chat.customer)
    answer = missing.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert (answer["ResourceId"], answer["ResourceType"]) == ("a/b token+==", "VIEW")


def test_refusals_are_the_classes_of_the_model(chat: Chat) -> None:
    """What a program catches by class is raised as that class."""
    service, known = chat.service, chat.service.exceptions
    question = chat.say("hello", chat.customer)
    with pytest.raises(known.ValidationException, match="at most 1024 characters"):
        chat.say("x" * 1025, chat.customer)
    with pytest.raises(known.ValidationException, match="messageId"):
        chat.tell("message.read", chat.agent, "unknown")
    with pytest.raises(known.ValidationException, match="NextToken"):
        service.get_transcript(NextToken="made up", ConnectionToken=chat.agent)
    with pytest.raises(known.ValidationException, match="No authentication"):
        service.get_authentication_url(
            SessionId=_SESSION_ID,
            RedirectUri="https://shop.example/",
            ConnectionToken=chat.customer,
        )
    with pytest.raises(known.ValidationException, match="No authentication"):
        service.cancel_participant_authentication(
            SessionId=_SESSION_ID, ConnectionToken=chat.customer
        )
    chat.join("SUPERVISOR")
    with pytest.raises(known.ConflictException, match="chats of two"):
        chat.tell("message.read", chat.agent, question)
    service.disconnect_participant(ConnectionToken=chat.customer)
    for late in (
        lambda: chat.say("too late", chat.agent),
        lambda: chat.tell("typing", chat.agent),
        lambda: service.get_transcript(ConnectionToken=chat.agent),
        lambda: service.describe_view(ViewToken="welcome", ConnectionToken=chat.agent),
        lambda: service.disconnect_participant(ConnectionToken=chat.customer),
    ):
        with pytest.raises(known.AccessDeniedException, match="Access denied"):
            late()
