"""What becomes of files whose scanner does not answer: held, told of, and never approved unscanned."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from openparticipant.limits import HOUR, MINUTE, SECOND
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.engines.clamd import EICAR, ClamdServer
from tests.eventually import eventually
from tests.scanning.judge import (
    Judge,
    Pair,
    comes_to_rest,
    files,
    held,
    judge,
    metric,
    pair,
    passing,
    readiness,
)


def test_a_scanner_that_babbles_holds_the_file(
    server: Server, scanner: Judge, clock: SettableClock, chat: Pair
) -> None:
    """It is shown again, ever more rarely; readiness says why, and the verdict counts when it comes."""
    attachment_id = chat.send()
    for tries in range(1, 8):
        scanner.question()
        scanner.babble()
        assert held(server, clock)
        assert chat.seen(chat.customer) == []
        assert readiness(server) == {
            "status": "degraded",
            "reasons": [f"scanner {scanner.url}: its answer is not JSON"],
        }
        assert metric(server, "openparticipant_scans_waiting") == 1
        assert metric(server, 'openparticipant_engine_up{engine="scanner"}') == 0
        clock.advance(2 ** (tries - 1) * SECOND)
    scanner.question()
    scanner.approve()
    assert comes_to_rest(server)

    assert chat.seen(chat.agent) == [(attachment_id, "APPROVED")]
    assert readiness(server) == {"status": "ready"}
    for outcome, count in (("failed", 7), ("approved", 1)):
        labels = f'{{outcome="{outcome}",scanner="{scanner.url}"}}'
        assert metric(server, f"openparticipant_scans_total{labels}") == count


def test_who_waits_for_too_long_is_rejected(
    scanner: Judge, clock: SettableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The time of `--scan-hold` counts from the completion; there is a last try at its end."""
    with (
        Server(clock=clock, log=io.BytesIO(), scanner=scanner.url, scan_hold="10") as server,
        pair(server) as chat,
    ):
        attachment_id = chat.send()
        for wait in (1, 2, 4, 3):
            scanner.question()
            scanner.babble()
            assert held(server, clock)
            clock.advance(wait * SECOND)
        scanner.question()
        scanner.babble()
        assert comes_to_rest(server)

        assert chat.seen(chat.customer) == [(attachment_id, "REJECTED")]
        assert chat.seen(chat.agent) == []
        assert files(server) == []
    assert f"attachment {attachment_id} is rejected unscanned: " in caplog.text


def test_the_preset_of_aws_is_three_tries(scanner: Judge, clock: SettableClock) -> None:
    """In a minute, so that a scanner that restarts costs no file; the third one in vain is the last."""
    with (
        Server(clock=clock, log=io.BytesIO(), scanner=scanner.url, scan_hold="aws") as server,
        pair(server) as chat,
    ):
        chat.send()
        for pause in (20, 20, 0):
            scanner.question()
            scanner.babble()
            assert comes_to_rest(server) if not pause else held(server, clock)
            clock.advance(pause * SECOND)
        ((_, status),) = chat.seen(chat.customer)
        assert (status, scanner.asked) == ("REJECTED", 3)

        chat.send()
        scanner.question()
        clock.advance(60 * SECOND)
        scanner.babble()
        assert comes_to_rest(server)
        assert [status for _, status in chat.seen(chat.customer)] == ["REJECTED"] * 2


def test_every_scanner_has_to_approve(clock: SettableClock) -> None:
    """In their order; the first that rejects decides, and one that fails holds the file."""
    with judge() as first, judge() as second, ExitStack() as held_open:
        both = f"{first.url},{second.url}"
        server = held_open.enter_context(Server(clock=clock, log=io.BytesIO(), scanner=both))
        chat = held_open.enter_context(pair(server))

        chat.send()
        first.question()
        first.reject()
        assert comes_to_rest(server)
        assert second.asked == 0

        chat.send()
        first.question()
        first.approve()
        second.question()
        assert chat.seen(chat.agent) == []
        second.reject()
        assert comes_to_rest(server)
        assert chat.seen(chat.agent) == []

        sent = chat.send()
        first.question()
        first.approve()
        second.question()
        second.babble()
        assert held(server, clock)
        assert chat.seen(chat.agent) == []
        assert readiness(server)["reasons"] == [f"scanner {second.url}: its answer is not JSON"]
        clock.advance(SECOND)
        for scanner in (first, second):
            scanner.question()
            scanner.approve()
        assert comes_to_rest(server)
        assert chat.seen(chat.agent) == [(sent, "APPROVED")]


def test_without_its_scanner_a_held_file_is_not_approved(
    tmp_path: Path, scanner: Judge, clock: SettableClock
) -> None:
    """Where the setting was taken away, files from before wait for a node that has it, and not for ever."""
    with Server(tmp_path, clock=clock, log=io.BytesIO(), scanner=scanner.url) as server:
        customer = server.start_chat()
        attachment_id = customer.attach()
        scanner.question()
        scanner.babble()
        assert held(server, clock)
    with Server(tmp_path, clock=clock, log=io.BytesIO(), scan_hold="3600") as server:
        clock.advance(MINUTE)
        found = server.call(lambda: server.node.ports.store.find_contact(customer.contact_id))
        assert found is not None
        assert found.items == 0
        direct = server.start_chat()
        direct.attach()
        assert len(direct.transcript().json["Transcript"]) == 1
        clock.advance(HOUR)
        assert comes_to_rest(server)
        items = server.call(
            lambda: server.node.ports.store.items(customer.contact_id, after=0, limit=9)
        )
        (file,) = [item.attachment for item in items]
        assert file is not None
        assert (file.id, file.is_rejected) == (attachment_id, True)


@pytest.mark.parametrize(
    ("away", "back"),
    [(ClamdServer.kill, ClamdServer.start), (ClamdServer.freeze, ClamdServer.thaw)],
    ids=["killed", "frozen"],
)
def test_a_clamd_that_is_away_holds_files_until_it_is_back(
    clamd_server: ClamdServer,
    away: Callable[[ClamdServer], None],
    back: Callable[[ClamdServer], None],
) -> None:
    """Chats go on meanwhile; then each file gets its verdict."""
    clock = SettableClock()
    with (
        Server(clock=clock, log=io.BytesIO(), scanner=clamd_server.url) as server,
        pair(server) as chat,
        passing(clock),
    ):
        away(clamd_server)
        good, bad = chat.send(), chat.send(EICAR)
        assert eventually(lambda: readiness(server)["status"] == "degraded")
        assert chat.seen(chat.customer) == []
        assert chat.agent.say("still here").status == 200
        back(clamd_server)

        assert comes_to_rest(server)
        assert sorted(chat.seen(chat.customer)) == sorted([(good, "APPROVED"), (bad, "REJECTED")])
        assert chat.seen(chat.agent) == [(good, "APPROVED")]
        assert eventually(lambda: readiness(server)["status"] == "ready")


def test_a_scanner_that_is_away_is_shown_nothing(clamd_server: ClamdServer) -> None:
    """One look a second finds out when it is back; a thousand files would tell no more."""
    clock = SettableClock()
    with (
        Server(clock=clock, log=io.BytesIO(), scanner=clamd_server.url) as server,
        pair(server) as chat,
        passing(clock),
    ):

        def failed() -> float:
            labels = f'{{outcome="failed",scanner="{clamd_server.url}"}}'
            return metric(server, f"openparticipant_scans_total{labels}") or 0

        clamd_server.kill()
        first = chat.send()
        assert eventually(lambda: readiness(server)["status"] == "degraded")
        before, later = failed(), clock.now() + MINUTE
        others = [chat.send() for _ in range(3)]
        assert eventually(lambda: clock.now() > later)
        assert failed() == before
        clamd_server.start()

        assert comes_to_rest(server)
        assert sorted(chat.seen(chat.agent)) == sorted((it, "APPROVED") for it in (first, *others))
