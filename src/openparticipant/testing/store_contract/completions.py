"""The state machine of an attachment: one attempt at a time, one approval ever."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.attachment import Status
from openparticipant.domain.contact import Participant
from openparticipant.domain.transcript import AttachedFile, ItemType
from openparticipant.errors import (
    AccessDeniedException,
    ConflictException,
    ServiceQuotaExceededException,
    ValidationException,
)
from openparticipant.testing.store_contract.scene import (
    LEASE,
    ONCE,
    URL_LIFETIME,
    Scene,
    at_once,
    refused,
    results,
)


async def an_attempt_gets_a_pending_attachment(scene: Scene) -> None:
    """It is told what was pending; from then on the attachment names the attempt's key."""
    caller = await scene.customer()
    pending = await scene.propose(caller)
    claim = scene.attempt(pending)
    claimed = await scene.claim(caller, claim)
    assert (claimed.granted, claimed.done, claimed.attachment) == (True, False, pending)
    it = await scene.store.attachment(caller, pending.id)
    assert it is not None
    assert (it.status, it.final_key) == (Status.COMPLETING, claim.final_key)


async def a_running_attempt_keeps_others_out(scene: Scene) -> None:
    """Nobody else gets the attachment, not under the same token, nor once the lease has lapsed.

    A lapsed attempt may have left an object under its key; it is for the deadline to clear that.
    """
    caller = await scene.customer()
    pending = await scene.propose(caller)
    claim = scene.attempt(pending, ONCE)
    await scene.claim(caller, claim)
    for later in (0, LEASE):
        scene.now += later
        for token in (ONCE, "other", None):
            claimed = await scene.claim(caller, scene.attempt(pending, token))
            assert (claimed.granted, claimed.done) == (False, False)
    it = await scene.store.attachment(caller, pending.id)
    assert it is not None
    assert it.final_key == claim.final_key


async def a_lapsed_attempt_is_superseded(scene: Scene) -> None:
    """After its deadline was settled the next one is granted; the last one can record nothing."""
    caller = await scene.customer()
    slow = await scene.claimed(caller)
    scene.now += LEASE
    await scene.settle_all()
    pending = await scene.store.attachment(caller, slow.attachment_id)
    assert pending is not None
    quick = scene.attempt(pending)
    claimed = await scene.claim(caller, quick)
    assert (claimed.granted, claimed.attachment.final_key) == (True, None)
    assert await scene.approve(caller, slow) is None
    assert not await scene.store.release(caller.contact_id, slow)
    assert await scene.status(caller, slow.attachment_id) is Status.COMPLETING
    assert await scene.approve(caller, quick) is not None


async def of_twenty_attempts_at_once_one_is_granted(scene: Scene) -> None:
    """Two owners at a time would both write."""
    caller = await scene.customer()
    for _ in range(5):
        pending = await scene.propose(caller)
        claims = [scene.attempt(pending) for _ in range(20)]
        outcomes = results(await at_once(scene.claim(caller, claim) for claim in claims))
        granted = [
            claim for claim, claimed in zip(claims, outcomes, strict=True) if claimed.granted
        ]
        assert len(granted) == 1
        assert await scene.approve(caller, granted[0]) is not None


async def approval_appends_the_item(scene: Scene) -> None:
    """Status, key and transcript change together."""
    caller = await scene.customer()
    claim = await scene.claimed(caller)
    scene.now += 5
    item = await scene.approve(caller, claim)
    assert item is not None
    assert await scene.items(caller.contact_id) == [item]
    assert (item.ordinal, item.at, item.type) == (1, scene.now, ItemType.ATTACHMENT)
    assert item.author == Participant(caller.participant_id, caller.role, caller.display_name)
    assert item.attachment == AttachedFile(claim.attachment_id, "a.txt", "text/plain")
    it = await scene.store.attachment(caller, claim.attachment_id)
    assert it is not None
    assert (it.status, it.final_key) == (Status.APPROVED, claim.final_key)


async def an_attempt_is_approved_once(scene: Scene) -> None:
    """A second approval, later or at once, changes nothing and says so."""
    caller = await scene.customer()
    claim = await scene.claimed(caller)
    outcomes = results(await at_once(scene.approve(caller, claim) for _ in range(8)))
    assert sum(item is not None for item in outcomes) == 1
    assert await scene.approve(caller, claim) is None
    assert len(await scene.items(caller.contact_id)) == 1


async def a_repeated_completion_is_told_that_it_is_done(scene: Scene) -> None:
    """The client token that completed gets the same answer again, any other a conflict."""
    caller = await scene.customer()
    claim = await scene.approved(caller, ONCE)
    it = await scene.store.attachment(caller, claim.attachment_id)
    assert it is not None
    claimed = await scene.claim(caller, scene.attempt(it, ONCE))
    assert (claimed.granted, claimed.done, claimed.attachment) == (False, True, it)
    for token in ("other", None):
        await refused(scene.claim(caller, scene.attempt(it, token)), ConflictException)


async def a_completion_without_a_client_token_is_not_remembered(scene: Scene) -> None:
    """Two calls without a token are two requests."""
    caller = await scene.customer()
    claim = await scene.approved(caller, None)
    it = await scene.store.attachment(caller, claim.attachment_id)
    assert it is not None
    await refused(scene.claim(caller, scene.attempt(it, None)), ConflictException)


async def a_failed_completion_is_not_remembered(scene: Scene) -> None:
    """Only a success is bound to its client token."""
    caller = await scene.customer()
    claim = await scene.claimed(caller, ONCE)
    await scene.store.release(caller.contact_id, claim)
    it = await scene.store.attachment(caller, claim.attachment_id)
    assert it is not None
    assert (await scene.claim(caller, scene.attempt(it, ONCE))).granted


async def a_released_attachment_is_pending_again(scene: Scene) -> None:
    """It names no key, holds its place, and the next attempt gets it."""
    caller = await scene.customer()
    claim = await scene.claimed(caller)
    assert await scene.store.release(caller.contact_id, claim)
    it = await scene.store.attachment(caller, claim.attachment_id)
    assert it is not None
    assert (it.status, it.final_key) == (Status.PENDING, None)
    assert await scene.approve(caller, claim) is None
    assert not await scene.store.release(caller.contact_id, claim)
    await refused(scene.propose(caller, limit=1), ServiceQuotaExceededException)
    assert (await scene.claim(caller, scene.attempt(it))).granted


async def what_is_approved_cannot_be_released(scene: Scene) -> None:
    """A caller who did not hear of the commit learns that there is nothing to undo."""
    caller = await scene.customer()
    claim = await scene.approved(caller)
    assert not await scene.store.release(caller.contact_id, claim)
    assert await scene.status(caller, claim.attachment_id) is Status.APPROVED


async def approval_and_release_at_once_have_one_winner(scene: Scene) -> None:
    """Either the file is there with its item, or the attachment is pending."""
    caller = await scene.customer()
    for _ in range(10):
        claim = await scene.claimed(caller)
        before = len(await scene.items(caller.contact_id))
        item, released = await at_once(
            [scene.approve(caller, claim), scene.store.release(caller.contact_id, claim)]
        )
        assert (item is not None) is (released is False)
        assert len(await scene.items(caller.contact_id)) == before + (item is not None)


async def an_attachment_is_completed_by_who_proposed_it(scene: Scene) -> None:
    """To everybody else it is unknown, as is an id that nobody has."""
    customer, stranger = await scene.customer(), await scene.customer()
    agent = await scene.join(customer.contact_id)
    it = await scene.propose(customer)
    answers = {
        str(await refused(scene.claim(other, scene.attempt(it)), ValidationException))
        for other in (agent, stranger)
    }
    await scene.approved(customer)
    nowhere = scene.attempt(scene.proposal(customer).attachment)
    answers.add(str(await refused(scene.claim(customer, nowhere), ValidationException)))
    assert len(answers) == 1
    assert await scene.status(customer, it.id) is Status.PENDING


async def nobody_completes_what_is_over(scene: Scene) -> None:
    """An ended contact refuses the attempt at its beginning."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    of_agent, of_customer = await scene.propose(agent), await scene.propose(customer)
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    await refused(scene.claim(agent, scene.attempt(of_agent)), AccessDeniedException)
    await scene.stop(customer)
    await refused(scene.claim(customer, scene.attempt(of_customer)), AccessDeniedException)


async def a_contact_that_ended_meanwhile_refuses_the_approval(scene: Scene) -> None:
    """Nothing is changed: no item, and the attempt can be given up."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    of_agent, of_customer = await scene.claimed(agent), await scene.claimed(customer)
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    await refused(scene.approve(agent, of_agent), AccessDeniedException)
    await scene.stop(customer)
    await refused(scene.approve(customer, of_customer), AccessDeniedException)
    assert await scene.attached(customer.contact_id) == []
    assert await scene.status(customer, of_customer.attachment_id) is Status.COMPLETING
    assert await scene.store.release(customer.contact_id, of_customer)


async def an_approval_and_a_stop_at_once_agree(scene: Scene) -> None:
    """No item comes after the end, and no attachment is approved without its item."""
    for _ in range(10):
        caller = await scene.customer()
        claim = await scene.claimed(caller)
        scene.now += 1
        item, stopped = await at_once([scene.approve(caller, claim), scene.stop(caller)])
        assert stopped is None
        approved = not isinstance(item, AccessDeniedException)
        assert approved is not isinstance(item, BaseException)
        assert len(await scene.attached(caller.contact_id)) == approved
        status = await scene.status(caller, claim.attachment_id)
        assert status is (Status.APPROVED if approved else Status.COMPLETING)


async def a_lapsed_reservation_needs_a_place_again(scene: Scene) -> None:
    """After its place was given away, an attempt is granted only where there is room."""
    caller = await scene.customer()
    lapsed = await scene.propose(caller, limit=1)
    scene.now += URL_LIFETIME
    other = await scene.propose(caller, limit=1)
    attempt = scene.attempt(lapsed)
    await refused(scene.claim(caller, attempt, limit=1), ServiceQuotaExceededException)
    assert (await scene.store.attachment(caller, lapsed.id)) == lapsed
    scene.now += URL_LIFETIME
    assert (await scene.claim(caller, scene.attempt(lapsed), limit=1)).granted
    await refused(scene.claim(caller, scene.attempt(other), limit=1), ServiceQuotaExceededException)


async def a_place_that_was_taken_again_is_given_back_again(scene: Scene) -> None:
    """An attempt on a lapsed reservation that fails leaves the contact as it found it."""
    caller = await scene.customer()
    lapsed = await scene.propose(caller, limit=1)
    scene.now += URL_LIFETIME
    await scene.settle_all()
    claim = scene.attempt(lapsed)
    assert (await scene.claim(caller, claim, limit=1)).granted
    await refused(scene.propose(caller, limit=1), ServiceQuotaExceededException)
    await scene.store.release(caller.contact_id, claim)
    await scene.settle_all()
    await scene.propose(caller, limit=1)


async def of_many_lapsed_reservations_as_many_complete_as_fit(scene: Scene) -> None:
    """Attempts at once cannot overfill a contact."""
    caller = await scene.customer()
    lapsed = [await scene.propose(caller) for _ in range(8)]
    scene.now += URL_LIFETIME
    await scene.settle_all()
    for _ in range(3):
        await scene.propose(caller, limit=5)
    outcomes = await at_once(scene.claim(caller, scene.attempt(it), limit=5) for it in lapsed)
    assert len(results(outcomes, ServiceQuotaExceededException)) == 2
