"""What falls due is taken by one at a time, and settled according to what it has become."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

import asyncio
from dataclasses import replace

from openparticipant.domain.attachment import Status
from openparticipant.domain.quota import Quota
from openparticipant.errors import ServiceQuotaExceededException
from openparticipant.limits import DAY, HOUR
from openparticipant.testing.store_contract.scene import (
    LEASE,
    ONCE,
    URL_LIFETIME,
    Scene,
    at_once,
    refused,
    results,
)


async def the_next_deadline_is_the_earliest(scene: Scene) -> None:
    """Ends of contacts, of URLs, of leases and of abandoned proposals all count."""
    assert await scene.store.next_deadline() is None
    caller = await scene.customer(duration=DAY + HOUR)
    assert await scene.store.next_deadline() == scene.now + DAY + HOUR
    it = await scene.propose(caller)
    assert await scene.store.next_deadline() == it.url_expires_at
    claim = scene.attempt(it)
    await scene.claim(caller, claim)
    assert await scene.store.next_deadline() == claim.lease_until
    await scene.store.release(caller.contact_id, claim)
    assert await scene.store.next_deadline() == it.url_expires_at
    proposed_at, scene.now = scene.now, scene.now + URL_LIFETIME
    await scene.settle_all()
    assert await scene.store.next_deadline() == proposed_at + DAY
    await scene.stop(caller)
    assert await scene.store.next_deadline() == scene.now
    await scene.settle_all()
    assert await scene.store.next_deadline() is None


async def nothing_is_due_before_its_instant(scene: Scene) -> None:
    """A deadline falls due with its millisecond."""
    caller = await scene.customer()
    it = await scene.propose(caller)
    due = it.url_expires_at
    assert await scene.store.due_attachments(now=due - 1, lease=LEASE, limit=9) == []
    (taken,) = await scene.store.due_attachments(now=due, lease=LEASE, limit=9)
    assert taken.attachment == it


async def what_was_taken_is_not_taken_again_while_its_lease_lasts(scene: Scene) -> None:
    """If the taker dies, it falls due once more."""
    await scene.propose(await scene.customer())
    due = scene.now + URL_LIFETIME
    for now, number in ((due, 1), (due + LEASE - 1, 0), (due + LEASE, 1)):
        assert len(await scene.store.due_attachments(now=now, lease=LEASE, limit=9)) == number


async def takers_at_once_share_nothing(scene: Scene) -> None:
    """Each due attachment goes to one taker, and no taker gets more than it asked for."""
    callers = [await scene.customer() for _ in range(5)]
    for caller in callers:
        for _ in range(8):
            await scene.propose(caller)
    scene.now += URL_LIFETIME
    outcomes = await at_once(
        scene.store.due_attachments(now=scene.now, lease=LEASE, limit=7) for _ in range(12)
    )
    batches = results(outcomes)
    assert max(len(batch) for batch in batches) == 7
    taken = [due.attachment.id for batch in batches for due in batch]
    assert len(taken) == len(set(taken))
    rest = await scene.store.due_attachments(now=scene.now, lease=LEASE, limit=99)
    assert len(taken) + len(rest) == 40


async def a_lapsed_reservation_frees_its_place_once(scene: Scene) -> None:
    """Settling it twice, or beside a proposal that needed the place, frees no second one."""
    caller = await scene.customer()
    it = await scene.propose(caller, client_token=ONCE, limit=1)
    scene.now += URL_LIFETIME
    (due,) = await scene.store.due_attachments(now=scene.now, lease=LEASE, limit=9)
    outcomes = await at_once(
        [
            scene.propose(caller, limit=1),
            scene.store.settle(due, now=scene.now),
            scene.store.settle(due, now=scene.now),
        ]
    )
    assert outcomes[1:] == [False, False]
    results(outcomes[:1], ServiceQuotaExceededException)
    if isinstance(outcomes[0], BaseException):  # it came before the place was free
        await scene.propose(caller, limit=1)
    await refused(scene.propose(caller, limit=1), ServiceQuotaExceededException)
    assert await scene.propose(caller, client_token=ONCE, limit=1) == it


async def an_abandoned_proposal_is_forgotten(scene: Scene) -> None:
    """No row speaks of it, its place is free, and its client token may reserve again."""
    caller = await scene.customer()
    it = await scene.propose(caller, client_token=ONCE, limit=1)
    scene.now += DAY
    assert await scene.settle_all() == [True]
    assert await scene.store.attachment(caller, it.id) is None
    assert await scene.store.staged(caller.contact_id, it.id) is None
    again = await scene.propose(caller, client_token=ONCE, limit=1)
    assert again.id != it.id
    await refused(scene.propose(caller, limit=1), ServiceQuotaExceededException)


async def a_proposal_may_be_abandoned_before_its_url_expires(scene: Scene) -> None:
    """Then, too, its place is free, once."""
    caller = await scene.customer()
    for _ in range(2):
        proposal = replace(scene.proposal(caller), abandoned_at=scene.now + 10)
        await scene.store.propose(caller, proposal, quota=Quota(2), now=scene.now)
        claim = scene.attempt(proposal.attachment)
        await scene.claim(caller, claim)
        await scene.store.release(caller.contact_id, claim)
    assert await scene.store.next_deadline() == scene.now + 10
    scene.now += 10
    assert await scene.settle_all() == [True, True]
    for _ in range(2):
        await scene.propose(caller, limit=2)
    await refused(scene.propose(caller, limit=2), ServiceQuotaExceededException)


async def a_lapsed_completion_is_undone(scene: Scene) -> None:
    """Taking it voids the attempt, so that its key may be cleared; settling makes it pending."""
    caller = await scene.customer()
    claim = await scene.claimed(caller)
    scene.now += LEASE
    (due,) = await scene.store.due_attachments(now=scene.now, lease=LEASE, limit=9)
    assert (due.attachment.status, due.attachment.final_key) == (
        Status.COMPLETING,
        claim.final_key,
    )
    assert await scene.approve(caller, claim) is None
    assert not await scene.store.release(caller.contact_id, claim)
    assert not (await scene.claim(caller, scene.attempt(due.attachment))).granted
    assert not await scene.store.settle(due, now=scene.now)
    it = await scene.store.attachment(caller, claim.attachment_id)
    assert it is not None
    assert (it.status, it.final_key) == (Status.PENDING, None)
    assert await scene.items(caller.contact_id) == []
    assert (await scene.claim(caller, scene.attempt(it))).granted


async def a_late_settlement_spares_the_next_attempt(scene: Scene) -> None:
    """A deadline that was taken long ago does not undo what has begun since."""
    caller = await scene.customer()
    claim = await scene.claimed(caller)
    scene.now += LEASE
    (due,) = await scene.store.due_attachments(now=scene.now, lease=LEASE, limit=9)
    scene.now += LEASE
    assert await scene.settle_all() == [False]
    next_claim = scene.attempt(due.attachment)
    assert (await scene.claim(caller, next_claim)).granted
    assert not await scene.store.settle(due, now=scene.now)
    assert next_claim.final_key != claim.final_key
    assert await scene.approve(caller, next_claim) is not None
    assert not await scene.store.settle(due, now=scene.now + DAY)
    assert await scene.status(caller, claim.attachment_id) is Status.APPROVED


async def takers_and_approvals_at_once_have_one_winner(scene: Scene) -> None:
    """An attempt whose lease lapsed is approved or undone, and whoever lost is told."""
    caller = await scene.customer()
    for _ in range(10):
        claim = await scene.claimed(caller)
        scene.now += LEASE
        taking = [
            scene.store.due_attachments(now=scene.now, lease=LEASE, limit=9) for _ in range(3)
        ]
        batches, item = await asyncio.gather(asyncio.gather(*taking), scene.approve(caller, claim))
        taken = [due for batch in batches for due in batch]
        assert (len(taken), item is None) in {(1, True), (0, False)}
        for due in taken:
            await scene.store.settle(due, now=scene.now)


async def what_is_approved_never_falls_due(scene: Scene) -> None:
    """A completed attachment has no deadline left."""
    caller = await scene.customer(duration=HOUR)
    await scene.approved(caller)
    await scene.stop(caller)
    assert await scene.store.next_deadline() is None
    scene.now += 10 * DAY
    assert await scene.settle_all() == []


async def an_ended_contact_abandons_what_is_pending(scene: Scene) -> None:
    """Pending attachments are due at once; a running completion when its lease has lapsed."""
    caller = await scene.customer()
    pending, claim = await scene.propose(caller), await scene.claimed(caller)
    await scene.stop(caller)
    assert await scene.settle_all() == [True]
    assert await scene.status(caller, pending.id) is None
    assert await scene.status(caller, claim.attachment_id) is Status.COMPLETING
    scene.now += LEASE
    assert await scene.settle_all() == [True]
    assert await scene.status(caller, claim.attachment_id) is None


async def a_completion_given_up_after_the_end_is_forgotten(scene: Scene) -> None:
    """It is due as soon as it is pending again."""
    caller = await scene.customer()
    claim = await scene.claimed(caller)
    await scene.stop(caller)
    await scene.store.release(caller.contact_id, claim)
    assert await scene.settle_all() == [True]


async def leases_can_be_made_to_lapse(scene: Scene) -> None:
    """A node that knows itself alone need not wait for attempts of its last life."""
    caller = await scene.customer()
    claim, pending = await scene.claimed(caller), await scene.propose(caller)
    await scene.store.expire_leases(now=scene.now)
    assert await scene.settle_all() == [False]
    assert await scene.status(caller, claim.attachment_id) is Status.PENDING
    assert await scene.store.attachment(caller, pending.id) == pending


async def settlements_and_stops_at_once_agree(scene: Scene) -> None:
    """Deadlines, proposals and the end of a contact never block each other for good."""
    for _ in range(5):
        caller = await scene.customer()
        for _ in range(5):
            await scene.propose(caller, limit=5)
        scene.now += URL_LIFETIME
        due = await scene.store.due_attachments(now=scene.now, lease=LEASE, limit=99)
        outcomes = await at_once(
            [
                *(scene.store.settle(each, now=scene.now) for each in due),
                *(scene.propose(caller, limit=5) for _ in range(5)),
                scene.stop(caller),
            ]
        )
        settled = outcomes[: len(due)]
        assert not [each for each in settled if isinstance(each, BaseException)]
        assert outcomes[-1] is None
        scene.now += DAY
        await scene.settle_all()
        assert await scene.settle_all() == []
