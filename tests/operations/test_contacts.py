"""The control plane over the wire."""

from __future__ import annotations

import io
from typing import Any

import pytest

from openparticipant.domain.transcript import ItemType
from openparticipant.testing.chat import Answer, control, request
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server


def start(server: Server, **members: Any) -> Answer:
    return control(
        server,
        "PUT",
        "/contact/chat",
        {
            "InstanceId": "instance",
            "ContactFlowId": "flow",
            "ParticipantDetails": {"DisplayName": "Jane"},
            **members,
        },
    )


def add(server: Server, contact_id: str, **members: Any) -> Answer:
    details = {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Bot"}
    body = {"InstanceId": "instance", "ContactId": contact_id, "ParticipantDetails": details}
    return control(server, "POST", "/contact/create-participant", {**body, **members})


def test_a_repeated_client_token_starts_one_contact(server: Server) -> None:
    """The repeat has the same ids and a participant token of its own; both tokens work."""
    first, again = start(server, ClientToken="one").json, start(server, ClientToken="one").json

    assert first["ContactId"] == again["ContactId"]
    assert first["ParticipantId"] == again["ParticipantId"]
    assert first["ParticipantToken"] != again["ParticipantToken"]
    other = start(server, ClientToken="one", ContactFlowId="another")
    assert (other.status, other.error) == (400, "InvalidRequestException")


@pytest.mark.parametrize(
    "instance_id",
    ["i-1", "arn:aws:connect:us-east-1:000000000000:instance/i-1"],
)
def test_an_instance_is_named_by_id_or_arn(server: Server, instance_id: str) -> None:
    """Both name the same one."""
    contact_id = start(server, InstanceId=instance_id).json["ContactId"]

    assert control(server, "GET", f"/contacts/i-1/{contact_id}").status == 200


@pytest.mark.parametrize("instance_id", ["a/b", "a b", "../x", "ü"])
def test_other_instance_ids_are_refused(server: Server, instance_id: str) -> None:
    """They become part of object keys."""
    answer = start(server, InstanceId=instance_id)

    assert (answer.status, answer.error) == (400, "InvalidParameterException")


def test_the_operator_can_name_the_instances() -> None:
    """Any other does not exist."""
    with Server(log=io.BytesIO(), instances="instance,other") as server:
        assert start(server).status == 200
        answer = start(server, InstanceId="third")

    assert (answer.status, answer.error) == (404, "ResourceNotFoundException")


@pytest.mark.parametrize(
    "members",
    [
        {"ParticipantDetails": {}},
        {"ParticipantDetails": {"DisplayName": ""}},
        {"ChatDurationInMinutes": 59},
        {"ChatDurationInMinutes": 10081},
        {"Attributes": {"a key": "v"}},
        {"Attributes": {"k": "v" * 32768}},
        {"SupportedMessagingContentTypes": ["text/markdown"]},
        {"SupportedMessagingContentTypes": ["text/plain", "text/html"]},
        {"InitialMessage": {"ContentType": "text/markdown", "Content": "*hi*"}},
        {"InitialMessage": {"ContentType": "text/plain", "Content": "x" * 1025}},
    ],
)
def test_what_the_model_forbids_is_refused(server: Server, members: dict[str, Any]) -> None:
    """With the error that the operation's model lists."""
    answer = start(server, **members)

    assert (answer.status, answer.error) == (400, "InvalidRequestException")


def test_the_initial_message_is_the_first_item(server: Server) -> None:
    """It is the customer's."""
    message = {"ContentType": "text/plain", "Content": "Hello"}
    contact_id = start(server, InitialMessage=message).json["ContactId"]

    (item,) = server.call(lambda: server.node.ports.store.items(contact_id, after=0, limit=9))

    assert (item.ordinal, item.type, item.content) == (1, ItemType.MESSAGE, "Hello")
    assert item.author is not None
    assert item.author.display_name == "Jane"


def test_a_contact_has_one_bot_and_any_number_of_agents(server: Server) -> None:
    """A second bot is over the quota; a repeat of the first is not a second."""
    contact_id = start(server).json["ContactId"]

    first = add(server, contact_id, ClientToken="t")
    again = add(server, contact_id, ClientToken="t")
    second = add(server, contact_id)
    agent = {"ParticipantRole": "AGENT"}

    assert first.json["ParticipantId"] == again.json["ParticipantId"]
    assert first.json["ParticipantCredentials"]["Expiry"].endswith("Z")
    assert (second.status, second.error) == (402, "ServiceQuotaExceededException")
    assert add(server, contact_id, ParticipantDetails=agent).status == 200
    assert add(server, contact_id, ParticipantDetails=agent).status == 200


@pytest.mark.parametrize("role", ["CUSTOMER", "SYSTEM", "NOBODY", None])
def test_other_roles_cannot_be_added(server: Server, role: str | None) -> None:
    """The customer comes with the contact, and nobody plays the system."""
    contact_id = start(server).json["ContactId"]

    answer = add(server, contact_id, ParticipantDetails={"ParticipantRole": role})

    assert (answer.status, answer.error) == (400, "InvalidRequestException")


def test_a_stopped_contact_is_gone_for_everyone_but_describe(
    server: Server, clock: SettableClock
) -> None:
    """Stopping twice is 410, adding someone 404; DescribeContact tells when and why it ended."""
    chat = server.start_chat(Attributes={"order": "17"})
    path = f"/contacts/instance/{chat.contact_id}"
    before = control(server, "GET", path).json["Contact"]
    clock.advance(5000)

    assert chat.stop().status == 200
    twice, added = chat.stop(), add(server, chat.contact_id)
    after = control(server, "GET", path).json["Contact"]

    assert (twice.status, twice.error) == (410, "ContactNotFoundException")
    assert (added.status, added.error) == (404, "ResourceNotFoundException")
    assert "DisconnectTimestamp" not in before
    assert after["DisconnectTimestamp"] == clock.now() / 1000
    assert after["DisconnectReason"] == "API"
    assert after["Channel"] == "CHAT"
    assert after["Attributes"] == {"order": "17"}
    assert after["Arn"] == (
        f"arn:aws:connect:us-east-1:000000000000:instance/instance/contact/{chat.contact_id}"
    )


def test_unknown_contacts_are_not_found(server: Server) -> None:
    """Also under the wrong instance."""
    contact_id = start(server).json["ContactId"]

    for path in ("/contacts/instance/nobody", f"/contacts/other/{contact_id}"):
        answer = control(server, "GET", path)
        assert (answer.status, answer.error) == (404, "ResourceNotFoundException")


def test_unsigned_calls_are_refused(server: Server) -> None:
    """Nobody starts a chat without the key pair."""
    answer = request("PUT", f"{server.url}/contact/chat", b"{}")

    assert (answer.status, answer.error) == (403, "MissingAuthenticationTokenException")
