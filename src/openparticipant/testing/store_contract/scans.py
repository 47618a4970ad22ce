"""What scanners decide: one verdict ever, which tells everybody or the sender alone."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.attachment import Status
from openparticipant.domain.contact import Participant
from openparticipant.domain.transcript import AttachedFile, ItemType
from openparticipant.errors import (
    AccessDeniedException,
    ConflictException,
    ServiceQuotaExceededException,
)
from openparticipant.limits import DAY, HOUR
from openparticipant.testing.store_contract.scene import (
    LEASE,
    ONCE,
    Scene,
    at_once,
    refused,
    results,
)


async def what_is_handed_over_has_no_item(scene: Scene) -> None:
    """It waits, due at once, and nobody is shown it."""
    caller = await scene.customer()
    claim = await scene.handed_over(caller)
    backlog = await scene.store.scan_backlog()
    assert (backlog.due_at, backlog.waiting) == (scene.now, 1)
    assert await scene.items(caller.contact_id) == []
    it = await scene.store.attachment(caller, claim.attachment_id)
    assert it is not None
    assert (it.status, it.final_key) == (Status.SCANNING, claim.final_key)
    (due,) = await scene.scans()
    assert (due.attachment, due.contact_seq) == (it, caller.contact_seq)
    assert (due.instance_id, due.handed_over_at) == (caller.instance_id, scene.now)
    assert (due.tries, due.leased_until, due.is_void) == (0, scene.now + LEASE, False)


async def an_attempt_is_handed_over_once(scene: Scene) -> None:
    """Whoever asks again, later or at once, hears that it is done; there is one scan, ever."""
    caller = await scene.customer()
    claim = await scene.claimed(caller)
    tries = [scene.store.hand_over(caller, claim, now=scene.now) for _ in range(8)]
    assert all(results(await at_once(tries)))
    assert (await scene.store.scan_backlog()).waiting == 1
    assert await scene.approve(caller, claim) is None
    assert not await scene.store.release(caller.contact_id, claim)
    (due,) = await scene.scans()
    await scene.conclude(due, is_approved=True)
    assert await scene.store.hand_over(caller, claim, now=scene.now)
    assert (await scene.store.scan_backlog()).waiting == 0


async def an_attempt_that_was_lost_is_not_handed_over(scene: Scene) -> None:
    """Its file is not the one that is kept."""
    caller = await scene.customer()
    slow = await scene.claimed(caller)
    scene.now += LEASE
    await scene.settle_all()
    assert not await scene.store.hand_over(caller, slow, now=scene.now)
    pending = await scene.store.attachment(caller, slow.attachment_id)
    assert pending is not None
    quick = scene.attempt(pending)
    await scene.claim(caller, quick)
    assert await scene.store.hand_over(caller, quick, now=scene.now)
    assert not await scene.store.hand_over(caller, slow, now=scene.now)
    (due,) = await scene.scans()
    assert due.attachment.final_key == quick.final_key


async def a_repeated_completion_is_done_while_it_is_scanned(scene: Scene) -> None:
    """And when it has been rejected: the same token gets the same answer, any other a conflict."""
    caller = await scene.customer()
    claim = await scene.handed_over(caller, ONCE)
    it = await scene.store.attachment(caller, claim.attachment_id)
    assert it is not None
    for rejected in (False, True):
        if rejected:
            (due,) = await scene.scans()
            await scene.conclude(due, is_approved=False)
        claimed = await scene.claim(caller, scene.attempt(it, ONCE))
        assert (claimed.granted, claimed.done) == (False, True)
        for token in ("other", None):
            await refused(scene.claim(caller, scene.attempt(it, token)), ConflictException)


async def an_approved_file_is_shown_to_all(scene: Scene) -> None:
    """Its place and instant are those of the verdict; nothing is left to do."""
    caller = await scene.customer()
    due = await scene.scanned(caller)
    await scene.say(caller)
    scene.now += 5
    item = await scene.conclude(due, is_approved=True)
    assert item is not None
    assert (await scene.items(caller.contact_id))[1:] == [item]
    assert (item.ordinal, item.at, item.type) == (2, scene.now, ItemType.ATTACHMENT)
    assert item.author == Participant(caller.participant_id, caller.role, caller.display_name)
    assert item.attachment == AttachedFile(due.attachment.id, "a.txt", "text/plain")
    assert not item.is_private
    assert await scene.status(caller, due.attachment.id) is Status.APPROVED
    assert (await scene.store.scan_backlog()).waiting == 0


async def a_rejected_file_is_told_to_its_sender(scene: Scene) -> None:
    """Its item has its place like any other, and is marked; the file stays rejected."""
    caller = await scene.customer()
    due = await scene.scanned(caller)
    item = await scene.conclude(due, is_approved=False)
    assert item is not None
    assert await scene.items(caller.contact_id) == [item]
    assert item.is_private
    expected = AttachedFile(due.attachment.id, "a.txt", "text/plain", is_rejected=True)
    assert item.attachment == expected
    assert (await scene.say(caller)).ordinal == 2
    assert await scene.status(caller, due.attachment.id) is Status.REJECTED


async def a_rejected_file_is_kept_in_view_until_it_is_cleared(scene: Scene) -> None:
    """If whoever rejected it dies, it falls due again, with both keys and as void."""
    caller = await scene.customer()
    due = await scene.scanned(caller)
    await scene.conclude(due, is_approved=False)
    assert await scene.scans() == []
    scene.now += LEASE
    (again,) = await scene.scans()
    assert again.is_void
    assert again.attachment.final_key == due.attachment.final_key
    assert again.attachment.staging_key == due.attachment.staging_key
    for _ in range(2):
        await scene.store.clear(again, now=scene.now)
    assert (await scene.store.scan_backlog()).waiting == 0
    assert await scene.status(caller, due.attachment.id) is Status.REJECTED


async def what_waits_for_a_verdict_is_not_cleared(scene: Scene) -> None:
    """Only what was rejected, or lost its contact, has nothing to wait for."""
    caller = await scene.customer()
    due = await scene.scanned(caller)
    await scene.store.clear(due, now=scene.now)
    assert (await scene.store.scan_backlog()).waiting == 1
    assert await scene.conclude(due, is_approved=True) is not None
    await scene.store.clear(due, now=scene.now)
    assert await scene.status(caller, due.attachment.id) is Status.APPROVED


async def there_is_one_verdict(scene: Scene) -> None:
    """Of many at once, of whatever kind, one is recorded, with one item."""
    for _ in range(5):
        caller = await scene.customer()
        due = await scene.scanned(caller)
        verdicts = [scene.conclude(due, is_approved=bool(number % 2)) for number in range(8)]
        (item,) = [item for item in results(await at_once(verdicts)) if item is not None]
        assert await scene.items(caller.contact_id) == [item]
        assert item.attachment is not None
        expected = Status.REJECTED if item.attachment.is_rejected else Status.APPROVED
        assert await scene.status(caller, due.attachment.id) is expected
        assert await scene.conclude(due, is_approved=True) is None
        assert await scene.conclude(due, is_approved=False) is None


async def a_scan_that_was_taken_again_decides_nothing(scene: Scene) -> None:
    """Neither a late yes nor a late no counts, nor can it give the scan back."""
    caller = await scene.customer()
    slow = await scene.scanned(caller)
    scene.now += LEASE
    (quick,) = await scene.scans()
    for is_approved in (True, False):
        assert await scene.conclude(slow, is_approved=is_approved) is None
    assert not await scene.store.postpone(slow, until=scene.now, tries=9)
    assert await scene.scans() == []
    assert await scene.conclude(quick, is_approved=True) is not None


async def scans_are_taken_by_one_at_a_time(scene: Scene) -> None:
    """Takers at once share nothing, and none gets more than it asked for."""
    caller = await scene.customer()
    for _ in range(20):
        await scene.handed_over(caller)
    outcomes = await at_once(scene.scans(3) for _ in range(6))
    batches = results(outcomes)
    assert max(len(batch) for batch in batches) == 3
    taken = [due.attachment.id for batch in batches for due in batch]
    assert len(taken) == len(set(taken))
    assert len(taken) + len(await scene.scans()) == 20
    assert (await scene.store.scan_backlog()).due_at == scene.now + LEASE


async def a_scan_without_an_answer_is_taken_again(scene: Scene) -> None:
    """When it was put off to, with the number of its tries; its age stays."""
    caller = await scene.customer()
    due = await scene.scanned(caller)
    began = scene.now
    scene.now += 5
    assert await scene.store.postpone(due, until=scene.now + 10, tries=3)
    assert await scene.scans() == []
    scene.now += 10
    (again,) = await scene.scans()
    assert (again.tries, again.handed_over_at, again.attachment) == (3, began, due.attachment)


async def what_was_tried_less_is_taken_first(scene: Scene) -> None:
    """So a file that no scanner can judge keeps no other one waiting."""
    caller = await scene.customer()
    tried = await scene.scanned(caller)
    assert await scene.store.postpone(tried, until=scene.now + 1, tries=1)
    scene.now += 10
    fresh = await scene.handed_over(caller)
    assert [due.attachment.id for due in await scene.scans(1)] == [fresh.attachment_id]
    assert [due.attachment.id for due in await scene.scans(1)] == [tried.attachment.id]


async def what_came_later_can_be_left_to_others(scene: Scene) -> None:
    """By a node without scanners: it takes what was held for too long, and what is void."""
    caller, other = await scene.customer(), await scene.customer()
    early = await scene.handed_over(caller)
    rejected, void = await scene.scanned(other), await scene.handed_over(other)
    await scene.conclude(rejected, is_approved=False)
    began = scene.now
    scene.now += LEASE
    late = await scene.handed_over(caller)
    await scene.stop(other)
    taken = {due.attachment.id for due in await scene.scans(handed_over_by=began)}
    assert taken == {early.attachment_id, rejected.attachment.id, void.attachment_id}
    (left,) = await scene.scans()
    assert left.attachment.id == late.attachment_id


async def leases_of_scans_can_be_made_to_lapse(scene: Scene) -> None:
    """A node that knows itself alone scans at once what its last life was about."""
    caller = await scene.customer()
    due = await scene.scanned(caller)
    await scene.store.expire_leases(now=scene.now)
    assert await scene.conclude(due, is_approved=True) is None
    (again,) = await scene.scans()
    assert await scene.conclude(again, is_approved=True) is not None


async def nothing_else_falls_due_while_it_is_scanned(scene: Scene) -> None:
    """The deadlines of uploads are over; what is scanned for long is not undone."""
    caller = await scene.customer(duration=HOUR)
    claim = await scene.handed_over(caller)
    scene.now += 10 * DAY
    assert await scene.settle_all() == []
    assert await scene.status(caller, claim.attachment_id) is Status.SCANNING


async def a_contact_that_ended_gets_no_verdict(scene: Scene) -> None:
    """Nothing is changed; cleared away, no row speaks of the file, and its place is free."""
    for by_time in (False, True):
        caller = await scene.customer(duration=HOUR)
        early, late = await scene.scanned(caller), await scene.handed_over(caller)
        if by_time:
            scene.now += HOUR
        else:
            await scene.stop(caller)
        before = await scene.items(caller.contact_id)
        for is_approved in (True, False):
            late_verdict = scene.conclude(early, is_approved=is_approved)
            await refused(late_verdict, AccessDeniedException)
        assert await scene.items(caller.contact_id) == before
        scene.now += LEASE
        taken = [due for due in await scene.scans() if due.contact_seq == caller.contact_seq]
        assert {due.attachment.id for due in taken} == {early.attachment.id, late.attachment_id}
        for due in taken:
            assert due.is_void
            await scene.store.clear(due, now=scene.now)
            assert await scene.status(caller, due.attachment.id) is None
        assert (await scene.store.scan_backlog()).waiting == 0


async def a_hand_over_after_the_end_is_refused(scene: Scene) -> None:
    """As an approval is: the attempt can be given up."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    of_agent, of_customer = await scene.claimed(agent), await scene.claimed(customer)
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    late = scene.store.hand_over(agent, of_agent, now=scene.now)
    await refused(late, AccessDeniedException)
    await scene.stop(customer)
    late = scene.store.hand_over(customer, of_customer, now=scene.now)
    await refused(late, AccessDeniedException)
    assert (await scene.store.scan_backlog()).waiting == 0
    assert await scene.store.release(customer.contact_id, of_customer)


async def a_sender_may_leave_before_the_verdict(scene: Scene) -> None:
    """The file was sent while they were there, so the others get it all the same."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    due = await scene.scanned(agent)
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    item = await scene.conclude(due, is_approved=True)
    assert item is not None
    assert item.author is not None
    assert item.author.id == agent.participant_id


async def a_verdict_and_a_stop_at_once_agree(scene: Scene) -> None:
    """No item comes after the end; an approved file has its item."""
    for _ in range(10):
        caller = await scene.customer()
        due = await scene.scanned(caller)
        scene.now += 1
        item, stopped = await at_once([scene.conclude(due, is_approved=True), scene.stop(caller)])
        assert stopped is None
        shown = not isinstance(item, AccessDeniedException)
        assert shown is not isinstance(item, BaseException)
        assert len(await scene.attached(caller.contact_id)) == shown
        status = await scene.status(caller, due.attachment.id)
        assert status is (Status.APPROVED if shown else Status.SCANNING)


async def whatever_was_completed_counts_against_the_quota(scene: Scene) -> None:
    """Scanned, approved or rejected: whoever sends malware has no more tries than anybody else."""
    caller = await scene.customer()
    for is_approved in (True, False):
        due = await scene.scanned(caller)
        await scene.conclude(due, is_approved=is_approved)
        if not is_approved:
            await scene.store.clear(due, now=scene.now)
    await scene.handed_over(caller)
    await refused(scene.propose(caller, limit=3), ServiceQuotaExceededException)
    await scene.propose(caller, limit=4)
