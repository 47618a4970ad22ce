"""Nobody uses up what others need, and whoever is too quick is told when to come back."""

from __future__ import annotations

import io

import pytest

from openparticipant.testing.chat import Answer, post
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.promises.promise import promise


def is_throttled(answer: Answer) -> bool:
    """Tell whether a rate refused it, with a hint."""
    named = (answer.status, answer.error, answer.headers.get("retry-after"))
    return named == (429, "ThrottlingException", "1")


@promise(34)
@pytest.mark.parametrize("counted", ["token", "participant", "address", "instance"])
def test_request_rates_are_limited(counted: str) -> None:
    """A burst is refused beyond its size, and goes on once the time has passed that was named."""
    clock = SettableClock()
    with Server(log=io.BytesIO(), clock=clock, rates=f"{counted}=1/6") as server:
        chat = server.start_chat()
        other = server.start_chat(InstanceId="other")
        answers = [chat.transcript() for _ in range(9)]
        assert answers[0].status == 200
        assert is_throttled(answers[-1])
        # Who shares nothing of what is counted is not touched by it.
        assert is_throttled(other.transcript()) == (counted == "address")
        clock.advance(1000)
        assert chat.transcript().status == 200
        assert is_throttled(chat.transcript())


@promise(34)
def test_who_comes_back_is_let_in() -> None:
    """However many have come before: a lost connection of one is the doing of another."""
    clock = SettableClock()
    with Server(log=io.BytesIO(), clock=clock, rates="address=1/2,instance=1/2") as server:

        def connect(token: str) -> Answer:
            body = {"Type": ["CONNECTION_CREDENTIALS"]}
            return post(server, "/participant/connection", body, **{"x-amz-bearer": token})

        chat = server.start_chat()
        stranger = server.start_chat()
        assert is_throttled(chat.transcript())
        for known in (chat, stranger):
            assert connect(known.participant_token).status == 200
        fresh = chat.added()
        assert is_throttled(connect(fresh))
        clock.advance(1000)
        assert connect(fresh).status == 200


@promise(34)
def test_a_rate_comes_after_the_input_and_before_the_quota() -> None:
    """What is wrong in itself is said first, and costs nothing of the rate."""
    clock = SettableClock()
    with Server(
        log=io.BytesIO(), clock=clock, rates="token=1/1", attachments_per_contact="1"
    ) as server:
        chat = server.start_chat()
        assert chat.call("start-attachment-upload", {}).status == 400
        assert chat.start_upload().status == 200
        assert chat.call("start-attachment-upload", {}).status == 400
        assert is_throttled(chat.start_upload())
        clock.advance(1000)
        assert chat.start_upload().status == 402
