"""Whoever acts on attachments, each led by the hand, and what must be true after every step."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from openparticipant.domain.attachment import Attachment
from openparticipant.domain.connection import Caller
from openparticipant.errors import ServiceError, Unavailable
from openparticipant.limits import COMPLETION_LEASE, COMPLETION_PATIENCE, HOUR, MINUTE
from openparticipant.operations import deadlines
from openparticipant.transport.s3xml import ObjectRefusal
from tests.stores.attachment_world import LIMIT, AttachmentWorld, Witness
from tests.stores.stepping import Actor, Gate

T = TypeVar("T")

# Some stop on the way; most come to their end at once.
STEPS = st.integers(1, 14) | st.just(20)
TOKENS = st.sampled_from([None, "one", "two"])
NEVER = 2**53
MOST_STEPS = 300  # of one actor, until it must have come to an end


class AttachmentLife(RuleBasedStateMachine):
    """Starts, uploads, completions, scans, deadlines, crashes and failures, one step of one at a time."""

    attachments = Bundle("attachments")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.place = Path(tempfile.mkdtemp())
        self.world = AttachmentWorld(self.place)
        self.actors: list[Actor] = []
        self.witnesses: list[Witness] = []
        self.acknowledged: set[str] = set()
        self.over: set[str] = set()  # contacts that have ended
        self.purged: dict[str, int] = {}  # contacts that are to be removed, or are, and since when
        self.contacts: dict[str, str] = {}  # of acknowledged attachments
        self.excused: set[str] = set()
        self.failed = False
        self.bodies = 0
        self.run(self.world.start())

    def run(self, work: Awaitable[T]) -> T:
        """Do something on the machine's own event loop."""

        async def bounded() -> T:
            async with asyncio.timeout(30):
                return await work

        return self.loop.run_until_complete(bounded())

    @initialize(is_scanning=st.booleans())
    def two_contacts(self, *, is_scanning: bool = False) -> None:
        """Start two contacts with a customer and an agent each, with or without a scanner."""
        self.world.is_scanning = is_scanning
        self.callers = self.run(self.world.people()) + self.run(self.world.people())

    @rule(target=attachments, who=st.integers(0, 3), token=TOKENS, uploaded=st.booleans())
    def propose(self, who: int, token: str | None, *, uploaded: bool) -> object:
        """Reserve an attachment, where the contact is open and has room; maybe upload it."""
        caller = self.callers[who]
        # No call that was admitted before is under way for so long.
        if self.world.clock.now() >= self.purged.get(caller.contact_id, NEVER) + HOUR:
            return multiple()
        try:
            attachment = self.run(self.world.propose(caller, token))
        except ServiceError:
            return multiple()
        if uploaded:
            self.put((caller, attachment), MOST_STEPS)
        return caller, attachment

    @rule(at=attachments, steps=STEPS, harmful=st.sampled_from([False, False, False, True]))
    def put(self, at: tuple[Caller, Attachment], steps: int, *, harmful: bool = False) -> None:
        """Begin to upload bytes that no other upload has; some are a script, which is no text."""
        self.bodies += 1
        body = b"#!/" + self.bodies.to_bytes(2, "big") if harmful else b"%05d" % self.bodies
        self.act(f"put {body!r}", lambda gate: self.world.put(gate, at[1], body), steps)

    @rule(at=attachments, token=TOKENS, steps=STEPS)
    def complete(self, at: tuple[Caller, Attachment], token: str | None, steps: int) -> None:
        """Begin to complete an attachment."""
        caller, attachment = at
        witness = Witness(self.world)
        self.witnesses.append(witness)

        async def complete(gate: Gate) -> None:
            await self.world.complete(gate, witness, caller, attachment.id, token)
            self.acknowledged.add(attachment.id)
            self.contacts[attachment.id] = caller.contact_id

        self.act("complete", complete, steps)

    @rule(mood=st.sampled_from(["approve", "reject", "fail"]), steps=STEPS)
    @precondition(lambda self: self.world.is_scanning)
    def scan(self, mood: str, steps: int) -> None:
        """Begin to review what is due, with a scanner in a mood."""
        self.act(f"scan: {mood}", lambda gate: self.world.scan(gate, mood), steps)

    @rule(who=st.integers(0, 99), steps=STEPS)
    @precondition(lambda self: self.actors)
    def go_on(self, who: int, steps: int) -> None:
        """Lead somebody some steps further."""
        self.lead(self.actors[who % len(self.actors)], steps)

    @rule(who=st.integers(0, 99))
    @precondition(lambda self: self.actors)
    def fail(self, who: int) -> None:
        """Let the call at which somebody stands fail, before or after it did its work."""
        actor = self.actors[who % len(self.actors)]
        if actor.gate.place.startswith(("before", "after")):
            self.failed = True
            self.step(actor, fail=True)

    @rule(
        millis=st.sampled_from([50, COMPLETION_PATIENCE, COMPLETION_LEASE, 15 * MINUTE]),
        steps=st.just(0) | STEPS,
    )
    def pass_time(self, millis: int, steps: int) -> None:
        """Let time pass, and maybe begin to work the deadlines off."""
        self.world.clock.advance(millis)
        if steps:
            self.act("deadlines", self.world.work_off, steps)

    @rule(who=st.sampled_from([0, 1]))
    def leave(self, who: int) -> None:
        """Let somebody of the first contact leave; the customer takes the contact along."""
        try:
            item_id, now = self.world.ports.ids.uuid(), self.world.clock.now()
            told = self.run(self.world.store.disconnect(self.callers[who], item_id, now=now))
        except ServiceError:
            return
        if told[-1].author is None:
            self.over.add(told[-1].contact_id)

    @rule()
    def count(self) -> None:
        """Ask what the instance holds, which is counted from then on."""
        self.run(self.world.store.count_instances(now=self.world.clock.now()))

    @rule(steps=STEPS)
    def grow_old(self, steps: int) -> None:
        """Let what was approved be too old to be kept, and begin to remove it."""
        if self.run(self.world.remove_old()):
            self.act("deadlines", self.world.work_off, steps)

    @rule(which=st.sampled_from([0, 1]), steps=STEPS)
    def purge(self, which: int, steps: int) -> None:
        """Have one of the contacts removed, and begin to."""
        contact_id = self.callers[2 * which].contact_id
        item_id, now = self.world.ports.ids.uuid(), self.world.clock.now()
        marking = self.world.store.mark_for_purge(contact_id, item_id, end=True, now=now)
        assert self.run(marking).is_there or contact_id in self.purged
        self.over.add(contact_id)
        self.purged.setdefault(contact_id, now)
        self.act("deadlines", self.world.work_off, steps)

    @rule()
    def crash(self) -> None:
        """Let the node die with all that it was about, and come back."""
        for actor in self.actors:
            self.run(actor.kill())
        # An attempt that stalled beyond its lease and died right after it kept its file: nobody
        # can know of the key any more.
        for witness in self.witnesses:
            self.excused |= witness.late
        self.actors.clear()
        self.world.end()
        self.run(self.world.start())
        rows = self.run(self.world.rows())
        assert "completing" not in {row.status for row in rows}, "an attempt outlived its node"

    def act(self, name: str, run: Callable[[Gate], Awaitable[None]], steps: int) -> None:
        """Bring somebody onto the stage and lead it some steps."""

        async def enter() -> Actor:
            return Actor(name, run)

        self.actors.append(self.run(enter()))
        self.lead(self.actors[-1], steps)

    def lead(self, actor: Actor, steps: int) -> None:
        """Lead somebody some steps further, or to its end."""
        for _ in range(steps):
            if actor in self.actors:
                self.step(actor)

    def step(self, actor: Actor, *, fail: bool = False) -> None:
        """Lead somebody one step further; whoever ends must end in an expected way."""
        self.run(actor.step(fail=fail))
        if actor.task.done():
            self.actors.remove(actor)
            error = actor.task.exception()
            expected = (ServiceError, ObjectRefusal, *((Unavailable,) if self.failed else ()))
            if error is not None and not isinstance(error, expected):
                raise error

    @invariant()
    def what_is_shown_is_what_was_checked(self) -> None:
        """Approved attachments have one item each, and the bytes that were checked, until they are old.

        Rejected ones have one that is private, and what is being scanned has none.
        """
        rows = [row for row in self.run(self.world.rows()) if row.contact_id not in self.purged]
        shown_as = {"approved": "approved", "removed": "approved", "rejected": "rejected"}
        told = [(row.id, shown_as[row.status]) for row in rows if row.status in shown_as]
        for row in rows:
            if row.status == "approved":
                assert row.final_key is not None
                content = self.run(self.world.content(row.final_key))
                assert content == self.world.checked[row.final_key]
                assert not content.startswith(b"#!/")
                assert not self.world.is_scanning or row.final_key in self.world.approved
        completed = {id_ for id_, _ in told} | {row.id for row in rows if row.status == "scanning"}
        # What was scanned when its contact ended is nobody's any more.
        lost_by = self.over if self.world.is_scanning else self.purged
        forgotten = {id_ for id_, contact in self.contacts.items() if contact in lost_by}
        assert self.acknowledged <= completed | forgotten
        shown = []
        for contact_id in {caller.contact_id for caller in self.callers} - self.purged.keys():
            items = self.run(self.world.store.items(contact_id, after=0, limit=99))
            assert [item.ordinal for item in items] == list(range(1, len(items) + 1))
            for item in items:
                if item.attachment:
                    assert item.is_private is item.attachment.is_rejected
                    status = "rejected" if item.is_private else "approved"
                    shown.append((item.attachment.id, status))
        assert sorted(shown) == sorted(told)

    @invariant()
    def the_counter_counts_what_is_held(self) -> None:
        """Compare the counters of contacts and of the instance with the rows that count."""
        for counter, held in self.run(self.world.quota()):
            assert counter == held <= LIMIT
        for files, size, held, held_size in self.run(self.world.usage()):
            assert (files, size) == (held, held_size)

    def teardown(self) -> None:
        """Let all come to their end and see that nothing is left lying about."""
        try:
            self.come_to_rest()
        finally:
            for actor in self.actors:
                self.run(actor.kill())
            self.world.end()
            self.loop.close()
            shutil.rmtree(self.place)

    def come_to_rest(self) -> None:
        """Finish everybody, work everything off, and compare objects with rows."""
        for actor in list(self.actors):
            for _ in range(MOST_STEPS):
                self.world.clock.advance(50)
                self.lead(actor, 1)
            assert actor not in self.actors, f"{actor} does not come to an end"
        self.world.clock.advance(2 * COMPLETION_LEASE + MINUTE)
        self.run(deadlines.work_off(self.world.ports))
        self.review_all()
        self.run(deadlines.work_off(self.world.ports))
        self.what_is_shown_is_what_was_checked()
        self.the_counter_counts_what_is_held()
        rows = self.run(self.world.rows())
        assert {row.status for row in rows} <= {"pending", "approved", "rejected", "removed"}
        assert self.purged.keys().isdisjoint(row.contact_id for row in rows)
        kept = {row.final_key for row in rows if row.status == "approved"}
        awaited = {row.staging_key for row in rows if row.status == "pending"}
        files = self.world.files()
        assert kept <= files
        gone = {row.final_key for row in rows if row.status in {"rejected", "removed"}}
        assert files.isdisjoint(gone)
        if not self.failed:
            assert files <= kept | awaited | self.excused

    def review_all(self) -> None:
        """Let a scanner that approves look at all that waits, however often it was put off."""
        for _ in range(5):
            self.act("scan: approve", lambda gate: self.world.scan(gate, "approve"), MOST_STEPS)
            self.world.clock.advance(2 * MINUTE)
        assert self.actors == []
        assert self.run(self.world.store.scan_backlog()).waiting == 0
