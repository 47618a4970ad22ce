"""A contact that is removed is out of sight at once, and gone once its bytes are."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from dataclasses import replace

from openparticipant.domain.audit import Event
from openparticipant.domain.connection import Caller
from openparticipant.domain.transcript import TranscriptItem
from openparticipant.errors import AccessDeniedException, ContactNotFoundException
from openparticipant.limits import DAY, HOUR, SECOND
from openparticipant.ports import (
    AuditFilter,
    ContactFilter,
    ContactPlace,
    DuePurge,
    Marked,
    StillOpenError,
)
from openparticipant.testing.store_contract.scene import (
    INSTANCE,
    LEASE,
    ONCE,
    Scene,
    at_once,
    refused,
)


async def _mark(scene: Scene, caller: Caller, *, end: bool = False) -> Marked:
    return await scene.store.mark_for_purge(
        caller.contact_id, scene.ids.uuid(), end=end, now=scene.now
    )


async def _due(scene: Scene) -> list[DuePurge]:
    return await scene.store.due_purges(now=scene.now, lease=LEASE, limit=100)


async def _ended(scene: Scene, **members: object) -> Caller:
    caller = await scene.customer(**members)
    await scene.say(caller)
    await scene.approved(caller)
    await scene.stop(caller)
    return caller


async def _listed(scene: Scene) -> list[str]:
    found = await scene.store.list_contacts(ContactFilter(), before=ContactPlace(2**53), limit=100)
    return [each.contact.id for each in found]


async def a_marked_contact_is_out_of_sight(scene: Scene) -> None:
    """For the operator and the back end as well, while its rows are still there."""
    caller = await _ended(scene)
    other = await _ended(scene)
    (file,) = await scene.attached(caller.contact_id)
    assert file.attachment is not None
    assert (await _mark(scene, caller)).is_there
    assert await scene.store.is_marked_for_purge(caller.contact_id)
    assert await scene.store.find_contact(caller.contact_id) is None
    assert await scene.store.contact(caller.contact_id, INSTANCE) is None
    assert await scene.store.find_attachment(caller.contact_id, file.attachment.id) is None
    assert await scene.store.kept(caller.contact_id, file.attachment.id) is None
    assert await _listed(scene) == [other.contact_id]


async def a_purged_contact_is_gone(scene: Scene) -> None:
    """With all of its rows; what is left to say is that there is none."""
    caller = await _ended(scene, client_token=ONCE)
    await scene.customer()
    await _mark(scene, caller)
    (due,) = await _due(scene)
    assert (due.contact_id, len(due.files)) == (caller.contact_id, 1)
    assert await _due(scene) == []  # leased
    await scene.store.purge(due, now=scene.now)
    await scene.store.purge(due, now=scene.now)
    await scene.reopen()
    assert not await scene.store.is_marked_for_purge(caller.contact_id)
    assert not (await _mark(scene, caller)).is_there
    assert await scene.items(caller.contact_id) == []
    assert (
        await scene.store.page(caller.contact_seq, viewer=None, begin=1, forward=True, limit=9)
        == []
    )
    scene.now += HOUR
    for left in await _due(scene):
        await scene.store.purge(left, now=scene.now)
    scene.now += DAY
    assert await _due(scene) == []


async def a_call_that_was_admitted_before_is_refused(scene: Scene) -> None:
    """Whatever it is about to do, as in any contact that is over."""
    caller = await scene.customer()
    claim = await scene.claimed(caller)
    await _mark(scene, caller, end=True)
    scene.now += LEASE
    await scene.settle_all()
    (due,) = await _due(scene)
    await scene.store.purge(due, now=scene.now)
    await refused(scene.propose(caller), AccessDeniedException)
    await refused(scene.say(caller), AccessDeniedException)
    assert await scene.approve(caller, claim) is None
    assert await scene.items(caller.contact_id) == []


async def whoever_dies_leaves_it_to_the_next(scene: Scene) -> None:
    """Once the lease is over, with all that there is to remove."""
    caller = await _ended(scene)
    await _mark(scene, caller)
    first = await _due(scene)
    scene.now += LEASE
    await scene.reopen()
    assert await _due(scene) == first


async def an_open_contact_stays(scene: Scene) -> None:
    """Unless it is to be ended first, of which its sockets are told."""
    caller = await scene.customer()
    await refused(_mark(scene, caller), StillOpenError)
    await scene.say(caller)
    marked = await _mark(scene, caller, end=True)
    assert marked.is_there
    assert isinstance(marked.ended, TranscriptItem)
    assert marked.ended.contact_id == caller.contact_id
    await refused(scene.stop(caller), ContactNotFoundException)
    assert (await _mark(scene, caller, end=True)).ended is None


async def what_is_under_way_is_settled_first(scene: Scene) -> None:
    """A completion or a scan may still write where it was told to, until its lease is over."""
    caller = await scene.customer()
    await scene.propose(caller)
    await scene.claimed(caller)
    await scene.scanned(caller)
    await _mark(scene, caller, end=True)
    for _ in range(2):
        assert await _due(scene) == []
        scene.now += SECOND
    scene.now += LEASE
    await scene.settle_all()
    for due in await scene.scans():
        assert due.is_void
        await scene.store.clear(due, now=scene.now)
    (due_purge,) = await _due(scene)
    assert due_purge.files == []


async def the_number_of_the_newest_contact_is_nobody_elses(scene: Scene) -> None:
    """Its emptied rows stay until there are newer ones: whoever still has the number reaches nobody."""
    caller = await _ended(scene, client_token=ONCE)
    await _mark(scene, caller)
    for _ in range(3):
        (due,) = await _due(scene)
        await scene.store.purge(due, now=scene.now)
        scene.now += HOUR
    newer = await scene.customer(client_token=ONCE)
    assert newer.contact_seq > caller.contact_seq
    assert newer.seq > caller.seq
    assert newer.contact_id != caller.contact_id
    (due,) = await _due(scene)
    assert due.contact_seq == caller.contact_seq
    await scene.store.purge(due, now=scene.now)
    scene.now += DAY
    assert await _due(scene) == []


async def the_old_are_marked_the_oldest_first(scene: Scene) -> None:
    """By when they ended; those that are open, and those that ended later, stay."""
    first = await _ended(scene)
    scene.now += 1
    second = await _ended(scene)
    await scene.customer()
    scene.now += HOUR
    assert await scene.store.next_deadline(retention=HOUR) == scene.now - 1
    assert (
        await scene.store.mark_old_for_purge(ended_by=scene.now - HOUR - 2, now=scene.now, limit=9)
        == 0
    )
    assert await scene.store.mark_old_for_purge(
        ended_by=scene.now - HOUR, now=scene.now, limit=1
    ) in {0, 1}
    assert await scene.store.is_marked_for_purge(first.contact_id)
    assert not await scene.store.is_marked_for_purge(second.contact_id)
    await scene.store.mark_old_for_purge(ended_by=scene.now, now=scene.now, limit=9)
    assert await scene.store.is_marked_for_purge(second.contact_id)


async def a_purge_is_recorded_once(scene: Scene) -> None:
    """By whoever asked first, also where several do at once."""
    caller = await _ended(scene)
    await at_once(_mark(scene, caller) for _ in range(10))
    wanted = AuditFilter(since=0, until=2**53, contact_id=caller.contact_id)
    page = await scene.store.audit(replace(wanted), after=0, limit=100)
    assert [each.event for each in page.entries].count(Event.CONTACT_PURGED) == 1
