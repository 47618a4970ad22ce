"""Many files for one scanner: a few at a time, and chats notice nothing."""

from __future__ import annotations

from openparticipant.operations.review import AT_ONCE
from openparticipant.testing.clock import START, SettableClock
from openparticipant.testing.server import Server
from tests.scanning.judge import Judge, Pair, comes_to_rest


def test_a_few_are_scanned_at_a_time(server: Server, scanner: Judge, chat: Pair) -> None:
    """The others wait for their turn, and what is said is answered at once all the same."""
    sent = {chat.send(b"%d" % number) for number in range(20)}
    asked = [scanner.question()["FileId"] for _ in range(AT_ONCE)]
    for _ in range(20):  # none of those has its verdict before all of this is answered
        assert chat.agent.say().status == 200
    assert scanner.asked == AT_ONCE
    for _ in range(20 - AT_ONCE):
        scanner.approve()
        asked.append(scanner.question()["FileId"])
        assert len(asked) - scanner.asked == 0
    for _ in range(AT_ONCE):
        scanner.approve()
    assert comes_to_rest(server)

    assert set(asked) == sent
    assert {id_ for id_, _ in chat.seen(chat.agent)} == sent


def test_a_verdict_does_not_wait_for_the_clock(
    server: Server, scanner: Judge, clock: SettableClock, chat: Pair
) -> None:
    """Scanning begins with Complete, not with the next look at what is due."""
    for _ in range(5):
        chat.send()
        scanner.question()
        scanner.approve()
        assert comes_to_rest(server)

    assert clock.now() == START
