"""Neither a contact nor an instance holds more than its quota, nor has a participant more pending."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.connection import Caller
from openparticipant.domain.quota import Quota
from openparticipant.errors import ServiceQuotaExceededException, ValidationException
from openparticipant.limits import DAY
from openparticipant.ports import DuePurge
from openparticipant.testing.store_contract.scene import (
    LEASE,
    LIMIT,
    ONCE,
    URL_LIFETIME,
    Scene,
    at_once,
    refused,
    results,
)

TEN_BYTES = Quota(LIMIT, size=10)
TWO_PENDING = Quota(LIMIT, pending=2)
TEN_IN_ALL = Quota(LIMIT, instance_size=10)
TWO_IN_ALL = Quota(LIMIT, instance_files=2)


async def _marked(scene: Scene, caller: Caller) -> DuePurge:
    """Let a contact be removed that has ended, and take that on."""
    contact_id, item_id = caller.contact_id, scene.ids.uuid()
    await scene.store.mark_for_purge(contact_id, item_id, end=False, now=scene.now)
    (due,) = await scene.store.due_purges(now=scene.now, lease=LEASE, limit=1)
    return due


async def bytes_are_reserved_when_they_are_announced(scene: Scene) -> None:
    """Complete or still to come, to the last byte; other contacts do not count."""
    caller = await scene.customer()
    claim = scene.attempt(await scene.propose(caller, size=6, quota=TEN_BYTES))
    await scene.claim(caller, claim, quota=TEN_BYTES)
    await scene.approve(caller, claim)
    told = await refused(
        scene.propose(caller, size=5, quota=TEN_BYTES), ServiceQuotaExceededException
    )
    assert str(told) == "The attachments of the contact may have 10 bytes in all."
    await scene.propose(caller, size=4, quota=TEN_BYTES)
    await refused(scene.propose(caller, size=1, quota=TEN_BYTES), ServiceQuotaExceededException)
    await scene.propose(await scene.customer(), size=10, quota=TEN_BYTES)


async def bytes_come_back_when_the_url_expires(scene: Scene) -> None:
    """And are taken again by who completes all the same, as long as they are there."""
    caller = await scene.customer()
    lapsed = await scene.propose(caller, size=6, quota=TEN_BYTES)
    scene.now += URL_LIFETIME
    other = await scene.propose(caller, size=10, quota=TEN_BYTES)
    await refused(
        scene.claim(caller, scene.attempt(lapsed), quota=TEN_BYTES), ServiceQuotaExceededException
    )
    scene.now += URL_LIFETIME
    assert (await scene.claim(caller, scene.attempt(lapsed), quota=TEN_BYTES)).granted
    await refused(
        scene.claim(caller, scene.attempt(other), quota=TEN_BYTES), ServiceQuotaExceededException
    )


async def what_lapsed_makes_room_once(scene: Scene) -> None:
    """The second try, with the room that it made, is one file and not two."""
    caller = await scene.customer()
    quota = Quota(2, size=10)
    await scene.propose(caller, size=6, quota=quota)
    scene.now += URL_LIFETIME
    await scene.propose(caller, size=10, quota=quota)
    await scene.propose(caller, limit=2)
    await refused(scene.propose(caller, limit=2), ServiceQuotaExceededException)


async def bytes_come_back_when_an_upload_is_abandoned(scene: Scene) -> None:
    """The row is gone, and nothing of it counts."""
    caller = await scene.customer(duration=3 * DAY)
    await scene.propose(caller, size=10, quota=TEN_BYTES)
    scene.now += DAY
    assert await scene.settle_all() == [True]
    await scene.propose(await scene.join(caller.contact_id), size=10, quota=TEN_BYTES)


async def bytes_come_back_when_a_file_is_rejected(scene: Scene) -> None:
    """They are not kept. It goes on counting as a file: malware is not sent without an end."""
    caller = await scene.customer()
    due = await scene.scanned(caller)
    quota = Quota(2, size=5)
    await refused(scene.propose(caller, size=1, quota=quota), ServiceQuotaExceededException)
    await scene.conclude(due, is_approved=False)
    await scene.propose(caller, size=5, quota=quota)
    await refused(scene.propose(caller, size=5, limit=2), ServiceQuotaExceededException)


async def a_refusal_for_bytes_takes_no_place(scene: Scene) -> None:
    """Neither of the contact's files, nor of the client token."""
    caller = await scene.customer()
    quota = Quota(1, size=10)
    for _ in range(3):
        await refused(
            scene.propose(caller, size=11, quota=quota, client_token=ONCE),
            ServiceQuotaExceededException,
        )
    await scene.propose(caller, size=10, quota=quota, client_token=ONCE)


async def a_repeat_takes_no_bytes(scene: Scene) -> None:
    """The client token has what it reserved the first time."""
    caller = await scene.customer()
    first = await scene.propose(caller, size=10, quota=TEN_BYTES, client_token=ONCE)
    again = await scene.propose(caller, size=10, quota=TEN_BYTES, client_token=ONCE)
    assert again.id == first.id
    await refused(
        scene.propose(caller, size=9, quota=TEN_BYTES, client_token=ONCE), ValidationException
    )


async def bytes_asked_for_at_once_never_exceed(scene: Scene) -> None:
    """Whoever of the contact asks, in whatever order; none that fit are left."""
    customer = await scene.customer()
    people = [customer, await scene.join(customer.contact_id)]
    quota = Quota(LIMIT, size=20)
    outcomes = await at_once(
        scene.propose(people[number % 2], size=3, quota=quota) for number in range(20)
    )
    assert len(results(outcomes, ServiceQuotaExceededException)) == 6
    await scene.propose(customer, size=2, quota=quota)


async def a_participant_has_so_many_uploads_pending(scene: Scene) -> None:
    """What is complete counts no more, nor what lapsed; each participant counts alone."""
    caller = await scene.customer()
    claim = scene.attempt(await scene.propose(caller, quota=TWO_PENDING))
    await scene.propose(caller, quota=TWO_PENDING)
    told = await refused(scene.propose(caller, quota=TWO_PENDING), ServiceQuotaExceededException)
    assert str(told) == "A participant may have 2 uploads that are not complete."
    await scene.propose(await scene.join(caller.contact_id), quota=TWO_PENDING)

    await scene.claim(caller, claim, quota=TWO_PENDING)
    await refused(scene.propose(caller, quota=TWO_PENDING), ServiceQuotaExceededException)
    await scene.approve(caller, claim)
    await scene.propose(caller, quota=TWO_PENDING)
    await refused(scene.propose(caller, quota=TWO_PENDING), ServiceQuotaExceededException)
    scene.now += URL_LIFETIME
    await scene.propose(caller, quota=TWO_PENDING)


async def what_lapsed_is_completed_however_many_are_pending(scene: Scene) -> None:
    """Its bytes are there already."""
    caller = await scene.customer()
    lapsed = await scene.propose(caller, quota=TWO_PENDING)
    scene.now += URL_LIFETIME
    for _ in range(2):
        await scene.propose(caller, quota=TWO_PENDING)
    assert (await scene.claim(caller, scene.attempt(lapsed), quota=TWO_PENDING)).granted


async def uploads_asked_for_at_once_are_no_more_than_may_be_pending(scene: Scene) -> None:
    """Of twenty at once, two."""
    caller = await scene.customer()
    outcomes = await at_once(scene.propose(caller, quota=TWO_PENDING) for _ in range(20))
    assert len(results(outcomes, ServiceQuotaExceededException)) == 2


async def an_instance_holds_so_many_bytes(scene: Scene) -> None:
    """Of all its contacts, ended ones as well, until they are removed; another has its own."""
    await scene.store.count_instances(now=scene.now)
    first = await scene.customer()
    claim = scene.attempt(await scene.propose(first, size=6, quota=TEN_IN_ALL))
    await scene.claim(first, claim, quota=TEN_IN_ALL)
    await scene.approve(first, claim)
    await scene.stop(first)
    second = await scene.customer()
    told = await refused(
        scene.propose(second, size=5, quota=TEN_IN_ALL), ServiceQuotaExceededException
    )
    assert str(told) == "The attachments of the instance may have 10 bytes in all."
    await scene.propose(second, size=4, quota=TEN_IN_ALL)
    await scene.propose(await scene.customer(instance_id="other"), size=10, quota=TEN_IN_ALL)

    purge = await _marked(scene, first)
    await refused(scene.propose(second, size=1, quota=TEN_IN_ALL), ServiceQuotaExceededException)
    await scene.store.purge(purge, now=scene.now)
    await scene.propose(second, size=6, quota=TEN_IN_ALL)


async def an_instance_holds_so_many_files(scene: Scene) -> None:
    """What lapsed or was abandoned counts no more; what lapsed is taken again by who completes it."""
    await scene.store.count_instances(now=scene.now)
    caller = await scene.customer(duration=3 * DAY)
    lapsed = await scene.propose(caller, quota=TWO_IN_ALL)
    await scene.propose(caller, quota=TWO_IN_ALL)
    other = await scene.customer(duration=3 * DAY)
    told = await refused(scene.propose(other, quota=TWO_IN_ALL), ServiceQuotaExceededException)
    assert str(told) == "The instance has reached its limit of 2 attachments."
    scene.now += URL_LIFETIME
    await scene.settle_all()
    await scene.propose(other, quota=TWO_IN_ALL)
    claim = scene.attempt(lapsed)
    assert (await scene.claim(caller, claim, quota=TWO_IN_ALL)).granted
    assert (await scene.claim(caller, claim, quota=TWO_IN_ALL)).granted  # nobody heard of the first
    await refused(scene.propose(other, quota=TWO_IN_ALL), ServiceQuotaExceededException)
    scene.now += DAY
    await scene.settle_all()
    await scene.settle_all()
    for _ in range(2):
        await scene.propose(await scene.customer(), quota=TWO_IN_ALL)


async def an_instance_that_is_full_takes_back_nothing_that_lapsed(scene: Scene) -> None:
    """Whoever completes it is refused, and can try again once there is room."""
    await scene.store.count_instances(now=scene.now)
    caller = await scene.customer()
    claim = scene.attempt(await scene.propose(caller, size=6, quota=TEN_IN_ALL))
    scene.now += URL_LIFETIME
    await scene.settle_all()
    other = await scene.customer()
    await scene.propose(other, size=5, quota=TEN_IN_ALL)
    await refused(scene.claim(caller, claim, quota=TEN_IN_ALL), ServiceQuotaExceededException)
    scene.now += URL_LIFETIME
    await scene.settle_all()
    assert (await scene.claim(caller, claim, quota=TEN_IN_ALL)).granted
    await scene.propose(other, size=4, quota=TEN_IN_ALL)
    await refused(scene.propose(other, size=1, quota=TEN_IN_ALL), ServiceQuotaExceededException)


async def an_instance_gets_the_bytes_of_rejected_files_back(scene: Scene) -> None:
    """As a contact does: they go on counting as files."""
    await scene.store.count_instances(now=scene.now)
    caller = await scene.customer()
    due = await scene.scanned(caller)
    quota = Quota(LIMIT, instance_files=2, instance_size=5)
    await refused(scene.propose(caller, size=1, quota=quota), ServiceQuotaExceededException)
    await scene.conclude(due, is_approved=False)
    await scene.propose(caller, size=5, quota=quota)
    bytes_alone = Quota(LIMIT, instance_size=9)
    await refused(scene.propose(caller, size=5, quota=bytes_alone), ServiceQuotaExceededException)
    await refused(scene.propose(caller, size=1, quota=TWO_IN_ALL), ServiceQuotaExceededException)

    scene.now += DAY
    await scene.settle_all()
    await scene.store.clear(due, now=scene.now)
    await scene.stop(caller)
    await scene.store.purge(await _marked(scene, caller), now=scene.now)
    other = await scene.customer()
    await scene.propose(other, size=10, quota=TEN_IN_ALL)
    await refused(scene.propose(other, size=1, quota=TEN_IN_ALL), ServiceQuotaExceededException)


async def what_an_instance_held_before_is_counted(scene: Scene) -> None:
    """Whoever asks for the first time counts it, once, and from then on whoever starts an upload adds."""
    caller = await scene.customer()
    await scene.approved(caller)  # five bytes
    lapsed = scene.attempt(await scene.propose(caller))
    scene.now += URL_LIFETIME
    await scene.settle_all()
    await at_once(scene.store.count_instances(now=scene.now) for _ in range(3))
    await scene.reopen()
    await scene.store.count_instances(now=scene.now)
    await scene.propose(caller)  # by a node that has no such quota
    await refused(scene.claim(caller, lapsed, quota=TEN_IN_ALL), ServiceQuotaExceededException)
    eleven = Quota(LIMIT, instance_size=11)
    await refused(scene.propose(caller, size=2, quota=eleven), ServiceQuotaExceededException)
    await scene.propose(caller, size=1, quota=eleven)
    scene.now += URL_LIFETIME
    await scene.settle_all()
    assert (await scene.claim(caller, lapsed, quota=TEN_IN_ALL)).granted


async def starts_at_once_never_exceed_an_instance(scene: Scene) -> None:
    """In contacts of their own, with those of nodes without the quota among them."""
    people = [await scene.customer() for _ in range(6)]
    begun = at_once(scene.propose(people[number % 6], size=3) for number in range(12))
    counted = scene.store.count_instances(now=scene.now)
    await at_once([begun, counted])
    quota = Quota(LIMIT, instance_size=56)
    outcomes = await at_once(
        scene.propose(people[number % 6], size=3, quota=quota) for number in range(24)
    )
    assert len(results(outcomes, ServiceQuotaExceededException)) == 6
    await scene.propose(people[0], size=2, quota=quota)
    await refused(scene.propose(people[0], size=1, quota=quota), ServiceQuotaExceededException)


async def a_repeat_takes_no_room_of_its_instance(scene: Scene) -> None:
    """The client token has what it reserved the first time, and a refusal leaves nothing behind."""
    await scene.store.count_instances(now=scene.now)
    caller = await scene.customer()
    first = await scene.propose(caller, size=10, quota=TEN_IN_ALL, client_token=ONCE)
    again = await scene.propose(caller, size=10, quota=TEN_IN_ALL, client_token=ONCE)
    assert again.id == first.id
    for _ in range(3):
        await refused(
            scene.propose(caller, size=1, quota=TEN_IN_ALL), ServiceQuotaExceededException
        )
    await scene.propose(caller, size=1, quota=Quota(2, instance_size=11))
