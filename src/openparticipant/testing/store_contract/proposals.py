"""A proposal is reserved once, and a contact holds no more of them than its limit."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.attachment import Status
from openparticipant.domain.quota import Quota
from openparticipant.errors import (
    AccessDeniedException,
    ServiceQuotaExceededException,
    ValidationException,
)
from openparticipant.limits import HOUR
from openparticipant.testing.store_contract.scene import (
    LIMIT,
    ONCE,
    URL_LIFETIME,
    Scene,
    at_once,
    refused,
    results,
)


async def a_proposed_attachment_is_pending(scene: Scene) -> None:
    """It is found as it was proposed, by the caller and by its upload URL."""
    caller = await scene.customer()
    proposal = scene.proposal(caller, name="Grüße 🧵.txt", size=2**40)
    it = proposal.attachment
    assert await scene.store.propose(caller, proposal, quota=Quota(LIMIT), now=scene.now) == it
    assert it.status is Status.PENDING
    assert await scene.store.attachment(caller, it.id) == it
    assert await scene.store.staged(caller.contact_id, it.id) == it


async def an_attachment_belongs_to_its_contact(scene: Scene) -> None:
    """Everyone in the contact sees it, nobody beside."""
    customer, stranger = await scene.customer(), await scene.customer()
    agent = await scene.join(customer.contact_id)
    it = await scene.propose(customer)
    assert await scene.store.attachment(agent, it.id) == it
    assert await scene.store.attachment(stranger, it.id) is None
    assert await scene.store.staged(stranger.contact_id, it.id) is None


async def nothing_is_staged_once_the_contact_has_ended(scene: Scene) -> None:
    """The upload URL of an ended contact names nothing."""
    caller = await scene.customer()
    it = await scene.propose(caller)
    await scene.stop(caller)
    assert await scene.store.staged(caller.contact_id, it.id) is None


async def what_is_kept_is_found_while_its_contact_is_open(scene: Scene) -> None:
    """Also when its uploader has left; once the chat is over the operator alone finds it."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    claim = await scene.claimed(agent)
    assert await scene.approve(agent, claim) is not None
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    it = await scene.store.kept(customer.contact_id, claim.attachment_id)
    assert it is not None
    assert (it.status, it.final_key) == (Status.APPROVED, claim.final_key)
    stranger = await scene.customer()
    assert await scene.store.kept(stranger.contact_id, claim.attachment_id) is None
    await scene.stop(customer)
    assert await scene.store.kept(customer.contact_id, claim.attachment_id) is None
    assert await scene.store.find_attachment(customer.contact_id, claim.attachment_id) == it
    assert await scene.store.find_attachment(stranger.contact_id, claim.attachment_id) is None


async def a_repeated_proposal_is_the_same_attachment(scene: Scene) -> None:
    """The client token remembers what it reserved, also over a restart."""
    caller = await scene.customer()
    first = await scene.propose(caller, client_token=ONCE)
    assert await scene.propose(caller, client_token=ONCE) == first
    await scene.reopen()
    assert await scene.propose(caller, client_token=ONCE) == first


async def a_client_token_stands_for_one_file(scene: Scene) -> None:
    """Another name, type or size under the same token is refused and reserves nothing."""
    caller = await scene.customer()
    first = await scene.propose(caller, client_token=ONCE, limit=2)
    for other in ({"name": "b.txt"}, {"content_type": "text/csv"}, {"size": 6}):
        await refused(scene.propose(caller, client_token=ONCE, **other), ValidationException)
    assert await scene.store.attachment(caller, first.id) == first
    await scene.propose(caller, limit=2)


async def a_client_token_counts_within_its_participant(scene: Scene) -> None:
    """Two participants may use the same token; calls without one are all different."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    ids = {(await scene.propose(caller, client_token=ONCE)).id for caller in (customer, agent)}
    ids |= {(await scene.propose(customer)).id for _ in range(2)}
    assert len(ids) == 4


async def twenty_equal_proposals_at_once_reserve_one(scene: Scene) -> None:
    """All callers get the same attachment, and it counts once."""
    caller = await scene.customer()
    outcomes = await at_once(scene.propose(caller, client_token=ONCE, limit=2) for _ in range(20))
    assert len({it.id for it in results(outcomes)}) == 1
    await scene.propose(caller, limit=2)
    await refused(scene.propose(caller, limit=2), ServiceQuotaExceededException)


async def sixty_proposals_at_once_fill_the_quota_exactly(scene: Scene) -> None:
    """Of sixty callers thirty-five get a place, each its own."""
    caller = await scene.customer()
    outcomes = await at_once(scene.propose(caller) for _ in range(60))
    reserved = results(outcomes, ServiceQuotaExceededException)
    assert len(reserved) == LIMIT
    assert len({it.id for it in reserved}) == LIMIT


async def a_refused_proposal_leaves_nothing(scene: Scene) -> None:
    """No row speaks of it, and its client token is free for the next try."""
    caller = await scene.customer()
    await scene.propose(caller, limit=1)
    proposal = scene.proposal(caller, client_token=ONCE)
    await refused(
        scene.store.propose(caller, proposal, quota=Quota(1), now=scene.now),
        ServiceQuotaExceededException,
    )
    assert await scene.store.attachment(caller, proposal.attachment.id) is None
    again = await scene.propose(caller, client_token=ONCE, name="other.txt", limit=2)
    assert again.name == "other.txt"


async def a_reservation_holds_its_place_until_its_url_expires(scene: Scene) -> None:
    """From that millisecond on the place is free, without anyone having to clear up."""
    caller = await scene.customer()
    lapsing = await scene.propose(caller, limit=1)
    scene.now += URL_LIFETIME - 1
    await refused(scene.propose(caller, limit=1), ServiceQuotaExceededException)
    scene.now += 1
    await scene.propose(caller, limit=1)
    await refused(scene.propose(caller, limit=1), ServiceQuotaExceededException)
    assert await scene.status(caller, lapsing.id) is Status.PENDING


async def lapsed_places_are_given_away_once(scene: Scene) -> None:
    """Many callers who find the same lapsed reservations share exactly their places."""
    caller = await scene.customer()
    for _ in range(10):
        await scene.propose(caller, limit=10)
    scene.now += URL_LIFETIME
    outcomes = await at_once(scene.propose(caller, limit=10) for _ in range(30))
    assert len(results(outcomes, ServiceQuotaExceededException)) == 10


async def an_approved_attachment_keeps_its_place(scene: Scene) -> None:
    """What is complete counts for ever."""
    caller = await scene.customer()
    await scene.approved(caller)
    scene.now += 10 * URL_LIFETIME
    await refused(scene.propose(caller, limit=1), ServiceQuotaExceededException)


async def a_repeated_proposal_is_answered_before_the_quota(scene: Scene) -> None:
    """A full contact still tells a client what it has reserved."""
    caller = await scene.customer()
    first = await scene.propose(caller, client_token=ONCE, limit=1)
    assert await scene.propose(caller, client_token=ONCE, limit=1) == first


async def nobody_proposes_to_what_is_over(scene: Scene) -> None:
    """Whether contact and participant are still there is decided where it is written."""
    customer = await scene.customer(duration=HOUR)
    agent = await scene.join(customer.contact_id)
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    await refused(scene.propose(agent), AccessDeniedException)
    scene.now += HOUR
    await refused(scene.propose(customer), AccessDeniedException)
    scene.now -= HOUR
    await scene.stop(customer)
    await refused(scene.propose(customer), AccessDeniedException)
