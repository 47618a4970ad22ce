"""CreateParticipantConnection and DisconnectParticipant over the wire."""

from __future__ import annotations

import re

import pytest

from openparticipant.limits import HOUR
from openparticipant.testing.chat import Answer, Chat, post
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server


def connect(chat: Chat, **members: object) -> Answer:
    return post(
        chat.server, "/participant/connection", members, **{"x-amz-bearer": chat.participant_token}
    )


def test_both_types_come_in_one_answer(server: Server) -> None:
    """Browser clients ask for both and read both expiries."""
    answer = connect(server.start_chat(), Type=["WEBSOCKET", "CONNECTION_CREDENTIALS"]).json

    origin = server.url.replace("http://", "ws://")
    url = answer["Websocket"]["Url"]
    assert re.fullmatch(rf"{origin}/participant/websocket\?AuthToken=[0-9a-f]{{64}}", url)
    assert answer["Websocket"]["ConnectionExpiry"].endswith("Z")
    assert answer["ConnectionCredentials"]["ConnectionToken"]
    assert answer["ConnectionCredentials"]["Expiry"].endswith("Z")


@pytest.mark.parametrize("kind", ["WEBSOCKET", "CONNECTION_CREDENTIALS"])
def test_one_type_brings_one_member(server: Server, kind: str) -> None:
    """What was not asked for is absent."""
    answer = connect(server.start_chat(), Type=[kind]).json

    expected = {"WEBSOCKET": "Websocket", "CONNECTION_CREDENTIALS": "ConnectionCredentials"}
    assert list(answer) == [expected[kind]]


def test_type_may_be_absent_only_with_connect_participant(server: Server) -> None:
    """Then nothing comes back; nulls count as absent."""
    chat = server.start_chat()

    assert connect(chat, ConnectParticipant=True).json == {}
    assert connect(chat, ConnectParticipant=True, Type=None).json == {}
    refused: tuple[dict[str, object], ...] = (
        {},
        {"ConnectParticipant": False},
        {"Type": []},
        {"Type": ["FOO"]},
    )
    for members in refused:
        assert connect(chat, **members).error == "ValidationException"


def test_voice_is_refused(server: Server) -> None:
    """There is only chat here."""
    answer = connect(server.start_chat(), Type=["WEBRTC_CONNECTION"])

    assert (answer.status, answer.error) == (400, "ValidationException")


def test_earlier_connections_stay(server: Server) -> None:
    """A browser opens its next connection before it closes the last."""
    chat = server.start_chat()

    connect(chat, Type=["CONNECTION_CREDENTIALS"])

    assert chat.start_upload().status == 200


def test_a_connection_token_lasts_a_day(server: Server, clock: SettableClock) -> None:
    """After that a new connection is due, which the participant token still buys."""
    chat = server.start_chat()
    clock.advance(24 * HOUR)

    assert chat.start_upload().status == 403
    assert connect(chat, Type=["CONNECTION_CREDENTIALS"]).status == 200


def test_tokens_are_not_interchangeable(server: Server) -> None:
    """A participant token buys a connection and nothing else; a connection token buys none."""
    chat = server.start_chat()

    swapped = Chat(
        server, chat.contact_id, chat.participant_id, chat.connection_token, chat.participant_token
    )

    assert swapped.start_upload().error == "AccessDeniedException"
    assert connect(swapped, Type=["WEBSOCKET"]).error == "AccessDeniedException"


def test_a_customer_who_leaves_ends_the_chat(server: Server) -> None:
    """Every token of the contact is void at once, with the one text that says nothing."""
    chat = server.start_chat()
    agent = chat.join()

    left = chat.call("disconnect", {})

    assert (left.status, left.body) == (200, b"{}")
    for answer in (
        chat.call("disconnect", {}),
        agent.start_upload(),
        connect(chat, Type=["WEBSOCKET"]),
        connect(agent, Type=["WEBSOCKET"]),
    ):
        assert (answer.status, answer.error) == (403, "AccessDeniedException")
        assert answer.json["Message"] == "Access denied"


def test_an_agent_who_leaves_leaves_alone(server: Server) -> None:
    """The chat goes on without."""
    chat = server.start_chat()
    agent = chat.join()

    agent.call("disconnect", {})

    assert agent.start_upload().status == 403
    assert connect(agent, Type=["WEBSOCKET"]).status == 403
    assert chat.start_upload().status == 200


def test_a_chat_ends_when_its_duration_is_over(server: Server, clock: SettableClock) -> None:
    """25 hours unless StartChatContact said otherwise."""
    chat = server.start_chat(ChatDurationInMinutes=60)

    clock.advance(HOUR)

    assert chat.start_upload().status == 403
    assert connect(chat, Type=["WEBSOCKET"]).status == 403
