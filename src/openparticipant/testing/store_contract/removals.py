"""An attachment that is old loses its bytes, and its place; the chat keeps what was said of it."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.attachment import Status
from openparticipant.domain.audit import Event
from openparticipant.domain.quota import Quota
from openparticipant.errors import ServiceQuotaExceededException
from openparticipant.limits import DAY
from openparticipant.ports import AuditFilter
from openparticipant.testing.store_contract.scene import (
    LEASE,
    ONCE,
    Scene,
    at_once,
    refused,
    results,
)

_ALL = AuditFilter(since=0, until=2**53)


async def _removed(scene: Scene, *, older_than: int = DAY, limit: int = 100) -> int:
    return await scene.store.remove_old_attachments(
        approved_by=scene.now - older_than, now=scene.now, limit=limit
    )


async def an_old_attachment_is_removed(scene: Scene) -> None:
    """It falls due at once, so that its bytes go, and then never again; the items stay as they were."""
    ends_at = scene.now + 3 * DAY
    caller = await scene.customer(duration=3 * DAY)
    claim = await scene.approved(caller, ONCE)
    items = await scene.items(caller.contact_id)
    scene.now += DAY - 1
    assert await scene.store.next_deadline(attachment_retention=DAY) == scene.now + 1
    assert await _removed(scene) == 0
    scene.now += 1
    assert await _removed(scene) == 1
    assert await _removed(scene) == 0
    assert await scene.status(caller, claim.attachment_id) is Status.REMOVED
    assert await scene.store.next_deadline(attachment_retention=DAY) == scene.now

    (due,) = await scene.store.due_attachments(now=scene.now, lease=LEASE, limit=9)
    assert (due.attachment.status, due.attachment.final_key) == (Status.REMOVED, claim.final_key)
    assert await scene.store.due_attachments(now=scene.now, lease=LEASE, limit=9) == []
    scene.now += LEASE  # whoever took it died
    assert await scene.settle_all() == [False]
    await scene.reopen()
    scene.now += LEASE
    assert await scene.settle_all() == []
    assert await scene.store.next_deadline(attachment_retention=DAY) == ends_at
    kept = await scene.store.kept(caller.contact_id, claim.attachment_id)
    assert kept is not None
    assert kept.status is Status.REMOVED
    assert await scene.items(caller.contact_id) == items


async def only_what_was_approved_grows_old(scene: Scene) -> None:
    """Since then, and neither before nor otherwise; of several the oldest go first."""
    caller = await scene.customer(duration=9 * DAY)
    pending = await scene.propose(caller)
    claimed = await scene.claimed(caller)
    scanned = await scene.scanned(caller)
    rejected = await scene.scanned(caller)
    await scene.conclude(rejected, is_approved=False)
    old = await scene.approved(caller)
    scene.now += 1
    await scene.conclude(scanned, is_approved=True)
    assert await _removed(scene, older_than=2) == 0
    assert await _removed(scene, older_than=0, limit=1) == 1
    assert await scene.status(caller, old.attachment_id) is Status.REMOVED
    assert await _removed(scene, older_than=1) == 0
    scene.now += 1
    assert await _removed(scene, older_than=1) == 1
    assert await scene.status(caller, scanned.attachment.id) is Status.REMOVED
    scene.now += DAY
    assert await _removed(scene) == 0
    expected = {
        pending.id: Status.PENDING,
        claimed.attachment_id: Status.COMPLETING,
        rejected.attachment.id: Status.REJECTED,
    }
    for id_, status in expected.items():
        assert await scene.status(caller, id_) is status


async def what_is_removed_takes_no_room(scene: Scene) -> None:
    """Of its contact, nor of its instance."""
    await scene.store.count_instances(now=scene.now)
    caller = await scene.customer(duration=3 * DAY)
    quota = Quota(1, size=5, instance_files=1, instance_size=5)
    claim = scene.attempt(await scene.propose(caller, quota=quota))
    await scene.claim(caller, claim, quota=quota)
    await scene.approve(caller, claim)
    await refused(scene.propose(caller, size=1, quota=quota), ServiceQuotaExceededException)
    scene.now += DAY
    await _removed(scene)
    await scene.propose(caller, quota=quota)
    await refused(scene.propose(caller, size=1, quota=quota), ServiceQuotaExceededException)


async def a_removal_is_recorded_once(scene: Scene) -> None:
    """Although all nodes look for what is old."""
    caller = await scene.customer()
    ids = {(await scene.approved(caller)).attachment_id for _ in range(5)}
    outcomes = await at_once(_removed(scene, older_than=0) for _ in range(6))
    assert sum(results(outcomes)) == 5
    found = (await scene.store.audit(_ALL, after=0, limit=100)).entries
    removals = [each for each in found if each.event is Event.FILE_REMOVED]
    assert {each.attachment_id for each in removals} == ids
    assert {(each.contact_id, each.actor) for each in removals} == {(caller.contact_id, None)}
    assert len(removals) == 5


async def a_repeated_completion_is_done_all_the_same(scene: Scene) -> None:
    """Whoever completed it hears so again, and nothing comes back."""
    caller = await scene.customer()
    claim = await scene.approved(caller, ONCE)
    await _removed(scene, older_than=0)
    again = await scene.claim(caller, claim)
    assert (again.granted, again.done) == (False, True)
    assert await scene.status(caller, claim.attachment_id) is Status.REMOVED


async def what_was_removed_goes_with_its_contact(scene: Scene) -> None:
    """Also before its bytes have gone: they are spoken of until they are."""
    caller = await scene.customer()
    claim = await scene.approved(caller)
    await _removed(scene, older_than=0)
    await scene.stop(caller)
    contact_id, item_id = caller.contact_id, scene.ids.uuid()
    await scene.store.mark_for_purge(contact_id, item_id, end=False, now=scene.now)
    (due,) = await scene.store.due_purges(now=scene.now, lease=LEASE, limit=1)
    assert [file.final_key for file in due.files] == [claim.final_key]
    await scene.store.purge(due, now=scene.now)
    assert await scene.settle_all() == []
