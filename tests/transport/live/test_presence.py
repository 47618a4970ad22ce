"""Who comes, who goes, and whose sockets end with that."""

from __future__ import annotations

import pytest
from websockets.exceptions import InvalidStatus

from openparticipant.limits import WEBSOCKET_SILENCE, WEBSOCKETS_PER_PARTICIPANT
from openparticipant.testing.chat import Chat, post
from openparticipant.testing.listener import Listener
from tests.transport.live.conftest import Stage

EVENT = "application/vnd.amazonaws.connect.event."
JOINED, LEFT, ENDED = (
    f"{EVENT}{name}" for name in ("participant.joined", "participant.left", "chat.ended")
)


def events(chat: Chat) -> list[tuple[str, str | None]]:
    """Return what the transcript tells of comings and goings, and of whom."""
    page = chat.transcript(MaxResults=100, SortOrder="ASCENDING").json["Transcript"]
    return [(it["ContentType"], it.get("ParticipantId")) for it in page if it["Type"] == "EVENT"]


def test_participant_joins_once(stage: Stage, chat: Chat) -> None:
    """However often its socket is lost, and whether it came by a socket or by ConnectParticipant."""
    agent = chat.join()
    for _ in range(3):
        with chat.listen():
            pass
    bearer = {"x-amz-bearer": agent.participant_token}
    for _ in range(2):
        body = {"ConnectParticipant": True}
        assert post(stage.server, "/participant/connection", body, **bearer).status == 200
    with agent.listen() as listener:
        chat.say("on")
        assert listener.item()["Content"] == "on"
    assert events(chat) == [(JOINED, chat.participant_id), (JOINED, agent.participant_id)]


def test_lost_socket_is_no_goodbye(chat: Chat) -> None:
    """Others are not told that somebody left whose network failed."""
    with chat.listen() as listener:
        listener.item()
        with chat.join().listen():
            assert listener.item()["ContentType"] == JOINED
        chat.say("on")
        assert listener.item()["Content"] == "on"


def test_renewal_overlaps_and_both_sockets_get_everything(chat: Chat) -> None:
    """A browser opens its next socket before it closes the last; neither misses an item."""
    with chat.listen() as old:
        old.item()
        chat.say("1")
        with chat.listen() as new:
            chat.say("2")
            assert [old.item()["Content"] for _ in range(2)] == ["1", "2"]
            assert new.item()["Content"] == "2"
            old.__exit__(None, None, None)
            chat.say("3")
            assert new.item()["Content"] == "3"


def test_leaver_hears_the_end_before_the_socket_closes(chat: Chat) -> None:
    """Chatjs cleans up on chat.ended only; then it closes by itself, with 1000 either way."""
    agent = chat.join()
    with chat.listen() as ours, agent.listen() as theirs:
        ours.item()
        assert chat.call("disconnect").status == 200
        for listener in (ours, theirs):
            code, items = listener.end()
            assert code == 1000
            assert [item["ContentType"] for item in items[-2:]] == [LEFT, ENDED]
            assert items[-2]["ParticipantId"] == chat.participant_id


def test_who_left_hears_nothing_more_of_a_chat_that_goes_on(chat: Chat) -> None:
    """Their own leaving is the last they are told, on all their sockets."""
    agent = chat.join()
    with chat.listen() as ours, agent.listen() as first, agent.listen() as second:
        assert agent.call("disconnect").status == 200
        chat.say("behind their back")
        for listener in (first, second):
            code, items = listener.end()
            assert code == 1000
            assert items[-1]["ContentType"] == LEFT
        while ours.item().get("Content") != "behind their back":
            pass


def test_customers_exit_takes_along_whom_the_chat_was_started_with(stage: Stage) -> None:
    """With DisconnectOnCustomerExit the agent is told to have left, before the end."""
    chat = stage.server.start_chat(DisconnectOnCustomerExit=["AGENT"])
    agent = chat.join()
    with chat.listen(), agent.listen() as listener:
        assert chat.call("disconnect").status == 200
        _, items = listener.end()
    assert [(it["ContentType"], it.get("ParticipantId")) for it in items[-3:]] == [
        (LEFT, chat.participant_id),
        (LEFT, agent.participant_id),
        (ENDED, None),
    ]


def test_sockets_of_a_contact_whose_time_is_over_end(stage: Stage) -> None:
    """The end is told when it comes, not when somebody asks."""
    chat = stage.server.start_chat(ChatDurationInMinutes=60)
    with chat.listen() as listener, Listener(chat.websocket_url()) as late:
        stage.clock.advance(3_600_000 + 1000)
        code, items = listener.end()
        assert (code, items[-1]["ContentType"]) == (1000, ENDED)
        answer = late.subscribe()
        assert answer == {
            "topic": "aws/subscribe",
            "content": {"status": "failure", "topics": ["aws/chat"]},
        }
        assert late.end() == (1008, [])


def test_customer_who_never_connects_ends_the_chat(stage: Stage) -> None:
    """Within five minutes of StartChatContact; whoever listens is told."""
    chat = stage.server.start_chat()
    stage.clock.advance(5 * 60_000 + 1000)  # connected, so it goes on
    with chat.listen() as listener:
        chat.say("on")
        assert listener.item()["ContentType"] == JOINED


def test_sixth_socket_is_refused_while_five_live(chat: Chat) -> None:
    """To close a living one would make its client come back and close the next, for ever."""
    sockets = [chat.listen() for _ in range(WEBSOCKETS_PER_PARTICIPANT)]
    try:
        for _ in range(3):
            with pytest.raises(InvalidStatus) as refused:
                Listener(chat.websocket_url())
            assert refused.value.response.status_code == 403
        with chat.join().listen():
            pass  # five are one participant's
        chat.say("all hear")
        for listener in sockets:
            while listener.item().get("Content") != "all hear":
                pass
    finally:
        for listener in sockets:
            listener.__exit__(None, None, None)
    with Listener(chat.websocket_url()):
        pass


def test_sixth_socket_takes_the_place_of_the_one_silent_longest(stage: Stage, chat: Chat) -> None:
    """Clients send a heartbeat every ten seconds; who has not for 25 s is gone, or near enough."""
    sockets = [chat.listen() for _ in range(WEBSOCKETS_PER_PARTICIPANT)]
    heartbeat = {"topic": "aws/heartbeat"}
    try:
        for listener in (sockets[0], *sockets[3:]):
            stage.clock.advance(1)
            assert listener.ask(heartbeat) == heartbeat
        stage.clock.advance(1)
        assert sockets[1].ask(heartbeat) == heartbeat  # so the third is silent longest
        stage.clock.advance(WEBSOCKET_SILENCE - 5)
        with pytest.raises(InvalidStatus):
            Listener(chat.websocket_url())
        stage.clock.advance(1)
        with chat.listen() as sixth:
            assert sockets[2].end()[0] == 1008
            chat.say("heard")
            for listener in (sixth, sockets[0], sockets[1], sockets[3], sockets[4]):
                while listener.item().get("Content") != "heard":
                    pass
            with pytest.raises(InvalidStatus):
                Listener(chat.websocket_url())
    finally:
        for listener in sockets:
            listener.__exit__(None, None, None)
