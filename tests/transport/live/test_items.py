"""What listeners get, member by member, for each thing that can be told."""

from __future__ import annotations

import json
from typing import Any

from openparticipant.testing.chat import Chat
from openparticipant.testing.listener import Listener
from openparticipant.wire.times import iso8601
from tests.transport.live.conftest import Stage

EVENT = "application/vnd.amazonaws.connect.event."


def author(chat: Chat, display_name: str, role: str) -> dict[str, str]:
    """Return the members that say who and where; chatjs drops items without both contact ids."""
    return {
        "ParticipantId": chat.participant_id,
        "DisplayName": display_name,
        "ParticipantRole": role,
        "ContactId": chat.contact_id,
        "InitialContactId": chat.contact_id,
    }


def told(listener: Listener) -> dict[str, Any]:
    """Return the next chat item; its frame has exactly the members that clients look at."""
    frame = listener.receive()
    content = frame["content"]
    assert frame == {"topic": "aws/chat", "contentType": "application/json", "content": content}
    assert isinstance(content, str)
    item: dict[str, Any] = json.loads(content)
    assert None not in item.values()
    assert len(item.pop("Id")) == 36
    return item


def test_each_kind_of_item_has_exactly_its_members(stage: Stage, chat: Chat) -> None:
    """Members that an item has no value for are absent, not null."""
    agent, now = chat.join(display_name="Alex"), stage.clock.now()
    jane, alex = author(chat, "Jane", "CUSTOMER"), author(agent, "Alex", "AGENT")
    contact = {"ContactId": chat.contact_id, "InitialContactId": chat.contact_id}

    def at(ordinal: int) -> dict[str, str]:
        return {"AbsoluteTime": iso8601(now + ordinal - 1)}

    def event(name: str) -> dict[str, str]:
        return {"Type": "EVENT", "ContentType": f"{EVENT}{name}"}

    with chat.listen() as ours, agent.listen() as theirs:
        assert told(ours) == {**at(1), **event("participant.joined"), **jane}
        for listener in (ours, theirs):
            assert told(listener) == {**at(2), **event("participant.joined"), **alex}

        chat.say("hélp 😀")
        message = {"Type": "MESSAGE", "ContentType": "text/plain", "Content": "hélp 😀"}
        for listener in (ours, theirs):
            assert told(listener) == {**at(3), **message, **jane}

        agent.tell("typing")  # which the agent knows
        assert told(ours) == {**at(1), **event("typing"), **alex}

        attachment_id = agent.attach("räport.txt")
        file = {
            "AttachmentId": attachment_id,
            "AttachmentName": "räport.txt",
            "ContentType": "text/plain",
            "Status": "APPROVED",
        }
        for listener in (ours, theirs):
            assert told(listener) == {**at(4), "Type": "ATTACHMENT", "Attachments": [file], **alex}

        assert agent.call("disconnect").status == 200
        assert chat.call("disconnect").status == 200
        for listener in (ours, theirs):
            assert told(listener) == {**at(5), **event("participant.left"), **alex}
        assert told(ours) == {**at(6), **event("participant.left"), **jane}
        for listener in (ours, theirs):
            assert told(listener) == {**at(7), **event("chat.ended"), **contact}


def test_receipt_names_one_message_and_no_contact(stage: Stage, chat: Chat) -> None:
    """Exactly one entry a frame: chatjs looks at the first only, and throws where there is none."""
    agent = chat.join()
    with chat.listen() as listener:
        told(listener)
        message_id = chat.say().json["Id"]
        told(listener)
        first = {
            "RecipientParticipantId": agent.participant_id,
            "DeliveredTimestamp": iso8601(stage.clock.now()),
        }
        assert agent.tell("message.delivered", message_id).status == 200
        stage.clock.advance(5)
        second = first | {"ReadTimestamp": iso8601(stage.clock.now())}
        assert agent.tell("message.read", message_id).status == 200
        for receipt, at in (
            (first, first["DeliveredTimestamp"]),
            (second, second["ReadTimestamp"]),
        ):
            assert told(listener) == {
                "AbsoluteTime": at,
                "ContentType": f"{EVENT}message.metadata",
                "Type": "MESSAGEMETADATA",
                "MessageMetadata": {"MessageId": message_id, "Receipts": [receipt]},
            }


def test_receipts_with_a_constant_client_token_all_count(stage: Stage, chat: Chat) -> None:
    """Chatjs sends the same one with every receipt; a repeat of what is known is told to nobody."""
    agent = chat.join()
    ids = [chat.say(str(number)).json["Id"] for number in range(3)]
    with chat.listen() as listener:
        told(listener)
        for message_id in [*ids, ids[0]]:
            stage.clock.advance(1)  # of one instant, a repeat is one that was never heard
            answer = agent.call(
                "event",
                {
                    "ClientToken": "INCOMING_READ_RECEIPT",
                    "ContentType": f"{EVENT}message.read",
                    "Content": json.dumps({"messageId": message_id, "disableThrottle": True}),
                },
            )
            assert answer.status == 200
        chat.say("last")
        got = [told(listener) for _ in range(4)]
    assert [item["MessageMetadata"]["MessageId"] for item in got[:3]] == ids
    assert got[3]["Content"] == "last"


def test_sender_hears_itself_with_the_id_of_the_answer(chat: Chat) -> None:
    """Clients replace what they show of a message by that id; the instant is the same, too."""
    with chat.listen() as listener:
        listener.item()
        for number in range(3):
            answer = chat.say(str(number)).json
            item = listener.item()
            assert item["Content"] == str(number)
            assert {name: item[name] for name in answer} == answer


def test_repeat_under_a_client_token_is_not_told_twice(chat: Chat) -> None:
    """SDKs send again what got no answer; the others see one message."""
    with chat.listen() as listener:
        listener.item()
        first, again = (chat.say("once", ClientToken="t").json for _ in range(2))
        assert again == first
        chat.say("next")
        assert [listener.item()["Content"] for _ in range(2)] == ["once", "next"]


def test_attachment_is_told_once_however_often_it_is_completed(chat: Chat) -> None:
    """To its sender, too: widgets show only what comes by the socket."""
    with chat.listen() as listener:
        listener.item()
        started = chat.start_upload()
        chat.upload(started)
        for _ in range(2):
            assert chat.complete(started.json["AttachmentId"], "once").status == 200
        chat.say("next")
        assert [listener.item()["Type"] for _ in range(2)] == ["ATTACHMENT", "MESSAGE"]


def test_what_was_said_before_is_not_replayed(chat: Chat) -> None:
    """Clients ask GetTranscript for that."""
    chat.say("before")
    with chat.listen() as listener:
        assert listener.item()["ContentType"] == f"{EVENT}participant.joined"
        chat.say("after")
        assert listener.item()["Content"] == "after"


def test_initial_message_is_the_first_item(stage: Stage) -> None:
    """It is the customer's, and there before anybody has come."""
    first = {"ContentType": "text/plain", "Content": "Hello"}
    chat = stage.server.start_chat("Jane", InitialMessage=first)
    with chat.listen() as listener:
        assert listener.item()["Type"] == "EVENT"
    page = chat.transcript(SortOrder="ASCENDING").json["Transcript"]
    assert [item["Type"] for item in page] == ["MESSAGE", "EVENT"]
    assert (page[0]["Content"], page[0]["DisplayName"]) == ("Hello", "Jane")
