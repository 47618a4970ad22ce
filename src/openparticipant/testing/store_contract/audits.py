"""Who did what is recorded with what was done: nothing of it is missing, and nothing beside it."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from dataclasses import replace

from openparticipant.domain.audit import AuditEntry, Event
from openparticipant.errors import (
    AccessDeniedException,
    ServiceQuotaExceededException,
    ValidationException,
)
from openparticipant.ports import AuditFilter
from openparticipant.request_context import RequestContext, current
from openparticipant.testing.store_contract.scene import LIMIT, ONCE, Scene, refused

_ALL = AuditFilter(since=0, until=2**53)


async def _entries(
    scene: Scene, wanted: AuditFilter = _ALL, *, limit: int = 100
) -> list[AuditEntry]:
    found: list[AuditEntry] = []
    after: int | None = 0
    while after is not None:
        page = await scene.store.audit(wanted, after=after, limit=limit)
        assert len(page.entries) <= limit
        found += page.entries
        after = page.end
    assert [each.place for each in found] == sorted({each.place for each in found})
    return found


async def _events(scene: Scene, wanted: AuditFilter = _ALL) -> list[Event]:
    return [each.event for each in await _entries(scene, wanted)]


async def each_step_of_a_file_is_recorded(scene: Scene) -> None:
    """With who did it, by which request, and when; also over a restart."""
    caller = await scene.customer()
    current.set(RequestContext("start"))
    started = await scene.propose(caller)
    scene.now += 1
    current.set(RequestContext("complete"))
    claim = scene.attempt(started)
    await scene.claim(caller, claim)
    await scene.approve(caller, claim)
    scene.now += 1
    current.set(RequestContext("get"))
    agent = await scene.join(caller.contact_id)
    await scene.store.offered(agent, started.id, now=scene.now)
    await scene.reopen()
    found = list(dict.fromkeys(replace(each, place=0) for each in await _entries(scene)))
    ids = (caller.contact_id, started.id, None)
    now, customer, other = scene.now, caller.participant_id, agent.participant_id
    assert found == [
        AuditEntry(0, now - 2, Event.UPLOAD_STARTED, customer, "start", *ids),
        AuditEntry(0, now - 1, Event.UPLOAD_COMPLETED, customer, "complete", *ids),
        AuditEntry(0, now, Event.DOWNLOAD_OFFERED, other, "get", *ids),
    ]


async def a_verdict_is_the_servers(scene: Scene) -> None:
    """With what the scanner found; a completed file that waits for one is recorded before."""
    caller = await scene.customer()
    for is_approved in (True, False):
        due = await scene.scanned(caller)
        await scene.conclude(due, is_approved=is_approved)
        wanted = replace(_ALL, attachment_id=due.attachment.id)
        _, completed, verdict = await _entries(scene, wanted)
        assert completed.event is Event.UPLOAD_COMPLETED
        assert verdict.event is (Event.FILE_APPROVED if is_approved else Event.FILE_REJECTED)
        assert (verdict.actor, verdict.request_id, verdict.detail) == (None, None, "finding")


async def a_second_url_is_recorded_as_well(scene: Scene) -> None:
    """The client token gets the same attachment, and another URL; one for each time it is asked."""
    caller = await scene.customer()
    first = await scene.propose(caller, client_token=ONCE)
    assert await _events(scene) == [Event.UPLOAD_STARTED]
    assert await scene.propose(caller, client_token=ONCE) == first
    assert {each.attachment_id for each in await _entries(scene)} == {first.id}
    assert len(await _entries(scene)) in {2, 3}  # 3 where the second call was made twice


async def what_was_refused_is_not_recorded(scene: Scene) -> None:
    """Nothing was done: the token named another file, the contact was full, or over."""
    caller = await scene.customer()
    await scene.propose(caller, client_token=ONCE, limit=1)
    await refused(scene.propose(caller, client_token=ONCE, name="other.txt"), ValidationException)
    await refused(scene.propose(caller, limit=1), ServiceQuotaExceededException)
    claim = await scene.claimed(caller)
    other = replace(claim, attempt="another")
    assert await scene.approve(caller, other) is None
    assert not await scene.store.hand_over(caller, other, now=scene.now)
    await scene.stop(caller)
    await refused(scene.approve(caller, claim), AccessDeniedException)
    await refused(scene.store.hand_over(caller, claim, now=scene.now), AccessDeniedException)
    await refused(scene.propose(caller), AccessDeniedException)
    assert await _events(scene) == [Event.UPLOAD_STARTED] * 2


async def what_was_recorded_once_is_not_recorded_again(scene: Scene) -> None:
    """A call that is repeated because nobody heard its outcome was done once."""
    caller = await scene.customer()
    claim = await scene.claimed(caller)
    item_id = scene.ids.uuid()
    for _ in range(2):
        assert await scene.store.approve(caller, claim, item_id, now=scene.now) is not None
    await scene.scanned(caller)
    assert (await _events(scene)).count(Event.UPLOAD_COMPLETED) == 2


async def entries_are_chosen(scene: Scene) -> None:
    """By contact, attachment and time; page by page they are the same, each once."""
    callers = [await scene.customer() for _ in range(3)]
    begin = scene.now
    for _ in range(4):
        for caller in callers:
            scene.now += 1
            started = await scene.propose(caller, limit=LIMIT)
    everything = await _entries(scene)
    assert len(everything) == 12
    assert await _entries(scene, limit=1) == await _entries(scene, limit=5) == everything
    mine = await _entries(scene, replace(_ALL, contact_id=callers[0].contact_id), limit=3)
    assert mine == [each for each in everything if each.contact_id == callers[0].contact_id]
    assert len(mine) == 4
    (one,) = await _entries(scene, replace(_ALL, attachment_id=started.id))
    assert one == everything[-1]
    between = await _entries(scene, AuditFilter(since=begin + 3, until=begin + 6))
    assert [each.at for each in between] == [begin + 3, begin + 4, begin + 5]
    assert await _entries(scene, replace(_ALL, contact_id="nobody")) == []
