"""The life of attachments, whatever happens in whatever order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, settings

from openparticipant.domain.attachment import Attachment
from openparticipant.domain.connection import Caller
from openparticipant.limits import COMPLETION_LEASE, MINUTE
from openparticipant.testing.store_contract.scene import URL_LIFETIME
from tests.stores.attachment_life import MOST_STEPS, AttachmentLife

At: TypeAlias = tuple[Caller, Attachment]
Event: TypeAlias = Callable[[AttachmentLife, At], None]

STEPS_OF_A_COMPLETION = 15  # from its start to its end, with a stop before and after each call
STEPS_OF_AN_UPLOAD = 7
STEPS_OF_A_SCAN = 12  # of one that rejects, which has the most
HALF_WAY = 5  # after its second call: it holds the attachment, or has taken what is due

TestAttachmentLife = AttachmentLife.TestCase
TestAttachmentLife.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def put(it: AttachmentLife, at: At) -> None:
    """Upload other bytes."""
    it.put(at, MOST_STEPS)


def same(it: AttachmentLife, at: At) -> None:
    """Begin the same completion again."""
    it.complete(at, "one", HALF_WAY)


def other(it: AttachmentLife, at: At) -> None:
    """Begin another completion."""
    it.complete(at, "two", HALF_WAY)


def complete(it: AttachmentLife, at: At) -> None:
    """Carry another completion through."""
    it.complete(at, "two", MOST_STEPS)


def lapse(it: AttachmentLife, at: At) -> None:
    """Let the lease lapse."""
    del at
    it.pass_time(COMPLETION_LEASE, 0)


def deadlines(it: AttachmentLife, at: At) -> None:
    """Let the lease lapse and work the deadlines off."""
    del at
    it.pass_time(COMPLETION_LEASE, MOST_STEPS)


def some_deadlines(it: AttachmentLife, at: At) -> None:
    """Let the lease lapse and begin to work the deadlines off."""
    del at
    it.pass_time(COMPLETION_LEASE, HALF_WAY)


def end(it: AttachmentLife, at: At) -> None:
    """End the contact."""
    del at
    it.leave(0)


def crash(it: AttachmentLife, at: At) -> None:
    """Let the node die and come back."""
    del at
    it.crash()


def approve(it: AttachmentLife, at: At) -> None:
    """Review with a scanner that approves."""
    del at
    it.scan("approve", MOST_STEPS)


def reject(it: AttachmentLife, at: At) -> None:
    """Review with a scanner that rejects."""
    del at
    it.scan("reject", MOST_STEPS)


def lapsed_scan(it: AttachmentLife, at: At) -> None:
    """Let the lease of the scan lapse, and begin another one."""
    del at
    it.pass_time(2 * MINUTE, 0)
    it.scan("reject", HALF_WAY)


Events: TypeAlias = tuple[Event, ...]
WHILE_COMPLETING: tuple[Events, ...] = (
    (put,),
    (same,),
    (other,),
    (put, other),
    (deadlines,),
    (some_deadlines,),
    (deadlines, complete),
    (deadlines, put, complete),
    (some_deadlines, other, crash),
    (lapse, other),
    (lapse, other, crash),
    (end,),
    (end, deadlines),
    (put, end, other),
    (crash,),
    (crash, put, other),
)


WHILE_SCANNING: tuple[Events, ...] = (
    (reject,),
    (approve,),
    (lapsed_scan, approve),
    (lapsed_scan, reject),
    (lapsed_scan, reject, crash),
    (put,),
    (same,),
    (complete,),
    (end,),
    (end, lapsed_scan),
    (end, crash, approve),
    (crash,),
    (crash, reject),
    (lapsed_scan, end, reject),
)


WHILE_UPLOADING: tuple[Events, ...] = (
    (put,),
    (complete,),
    (other,),
    (put, complete),
    (put, deadlines, complete, deadlines),
    (end, deadlines),
    (put, complete, end),
    (crash,),
    (put, complete, crash),
)


@contextmanager
def proposed(*, uploaded: bool, is_scanning: bool = False) -> Iterator[tuple[AttachmentLife, At]]:
    """Return a pending attachment; at the end all must come to rest."""
    it = AttachmentLife()
    try:
        it.two_contacts(is_scanning=is_scanning)
        at = it.propose(who=0, token=None, uploaded=uploaded)
        assert isinstance(at, tuple)
        yield it, at
    finally:
        it.teardown()


def happen(meanwhile: Events, it: AttachmentLife, at: At) -> None:
    """Let events happen, and look after each."""
    for event in meanwhile:
        event(it, at)
        it.what_is_shown_is_what_was_checked()
        it.the_counter_counts_what_is_held()


def names(meanwhile: Events) -> str:
    """Name a test by its events."""
    return "-".join(event.__name__ for event in meanwhile)


@pytest.mark.parametrize("meanwhile", WHILE_COMPLETING, ids=names)
def test_a_completion_may_pause_anywhere(meanwhile: Events) -> None:
    """Between any two of its steps anything may happen; what is shown is what was checked."""
    for steps in range(STEPS_OF_A_COMPLETION + 1):
        with proposed(uploaded=True) as (it, at):
            it.complete(at, "one", steps)
            happen(meanwhile, it, at)


@pytest.mark.parametrize("meanwhile", WHILE_COMPLETING, ids=names)
def test_a_completion_for_a_scanner_may_pause_anywhere(meanwhile: Events) -> None:
    """As without one; only what a scanner approved is shown."""
    for steps in range(STEPS_OF_A_COMPLETION + 1):
        with proposed(uploaded=True, is_scanning=True) as (it, at):
            it.complete(at, "one", steps)
            happen(meanwhile, it, at)


@pytest.mark.parametrize("mood", ["approve", "reject", "fail"])
@pytest.mark.parametrize("meanwhile", WHILE_SCANNING, ids=names)
def test_a_scan_may_pause_anywhere(meanwhile: Events, mood: str) -> None:
    """There is one verdict, told once, and what was rejected is gone, whoever dies in between."""
    for steps in range(STEPS_OF_A_SCAN + 1):
        with proposed(uploaded=True, is_scanning=True) as (it, at):
            it.complete(at, "one", MOST_STEPS)
            it.scan(mood, steps)
            happen(meanwhile, it, at)


@pytest.mark.parametrize("meanwhile", WHILE_UPLOADING, ids=names)
def test_an_upload_may_pause_anywhere(meanwhile: Events) -> None:
    """An upload that lags behind changes nothing that is complete, and leaves nothing behind."""
    for steps in range(STEPS_OF_AN_UPLOAD + 1):
        with proposed(uploaded=False) as (it, at):
            it.put(at, steps)
            happen(meanwhile, it, at)


def test_what_was_uploaded_can_be_completed_late() -> None:
    """A lapsed reservation and an undone attempt lose their place, never their bytes."""
    with proposed(uploaded=True) as (it, at):
        it.complete(at, "one", HALF_WAY)
        for millis in (COMPLETION_LEASE, URL_LIFETIME):
            it.pass_time(millis, MOST_STEPS)
        it.complete(at, "two", MOST_STEPS)
        assert it.acknowledged == {at[1].id}


def test_the_pauses_reach_from_start_to_end() -> None:
    """Whoever is not disturbed has as many steps as are tried above."""
    with proposed(uploaded=False) as (it, at):
        it.put(at, STEPS_OF_AN_UPLOAD - 1)
        it.complete(at, "one", 0)
        for last in (1, STEPS_OF_A_COMPLETION):
            assert it.actors
            it.lead(it.actors[0], last - 1)
            assert it.actors[0].task.done() is False
            it.lead(it.actors[0], 1)
        assert it.actors == []
        assert it.acknowledged == {at[1].id}


def test_the_pauses_of_a_scan_reach_from_start_to_end() -> None:
    """As above."""
    with proposed(uploaded=True, is_scanning=True) as (it, at):
        it.complete(at, "one", MOST_STEPS)
        it.scan("reject", STEPS_OF_A_SCAN - 1)
        assert it.actors
        it.lead(it.actors[0], 1)
        assert it.actors == []
