"""A contact holds no more bytes than its quota, and a participant no more that is pending."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.quota import Quota
from openparticipant.errors import ServiceQuotaExceededException, ValidationException
from openparticipant.limits import DAY
from openparticipant.testing.store_contract.scene import (
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
