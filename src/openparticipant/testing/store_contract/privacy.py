"""What is told to one participant alone is not there for the others, wherever they look."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.connection import Caller
from openparticipant.domain.transcript import TranscriptItem
from openparticipant.errors import ValidationException
from openparticipant.ports import PageStart
from openparticipant.testing.store_contract.scene import Scene, refused


async def pages_are_full_without_what_is_private(scene: Scene) -> None:
    """Joined they are what the viewer may see, in both directions and any size; the operator sees all."""
    sender, other, items = await _chat(scene)
    public = [item for item in items if not item.is_private]
    assert 0 < len(public) < len(items)
    for limit in range(1, len(items) + 2):
        for caller, seen in ((sender, items), (other, public)):
            for forward in (True, False):
                start = PageStart(forward=forward, most_recent=100 if forward else None)
                pages = await scene.pages(caller, start, limit)
                expected = seen if forward else seen[::-1]
                assert [item for page in pages for item in page] == expected
                assert all(len(page) == limit for page in pages[:-1])
        everything = await scene.store.page(
            sender.contact_seq, viewer=None, begin=1, forward=True, limit=limit
        )
        assert everything == items[:limit]


async def reading_begins_at_what_can_be_seen(scene: Scene) -> None:
    """By id, by instant, and counted from the newest."""
    sender, other, items = await _chat(scene)
    for caller in (sender, other):
        seen = [item for item in items if caller is sender or not item.is_private]
        for item in items:
            for forward in (True, False):
                by_id = await _place(scene, caller, PageStart(forward, id=item.id))
                assert by_id == (item.ordinal if item in seen else None)
                later = [it.ordinal for it in seen if it.at >= item.at]
                earlier = [it.ordinal for it in seen if it.at <= item.at]
                near = later[:1] if forward else earlier[-1:]
                by_instant = await _place(scene, caller, PageStart(forward, at=item.at))
                assert by_instant == (near[0] if near else None)
        for count in range(1, len(items) + 2):
            place = await _place(scene, caller, PageStart(forward=True, most_recent=count))
            expected_ordinal = seen[-count].ordinal if count <= len(seen) else 1
            assert place == expected_ordinal


async def nobody_acknowledges_what_they_cannot_see(scene: Scene) -> None:
    """To them it is an id that nothing has."""
    sender, other, items = await _chat(scene)
    private = next(item for item in items if item.is_private)
    nothing = str(await refused(scene.acknowledge(other, "nothing"), ValidationException))
    hidden = str(await refused(scene.acknowledge(other, private.id), ValidationException))
    assert hidden == nothing
    await refused(scene.acknowledge(sender, private.id), ValidationException)


async def ordinals_count_what_is_private(scene: Scene) -> None:
    """So that listeners know what they step over."""
    sender, _, items = await _chat(scene)
    assert [item.ordinal for item in items] == list(range(1, len(items) + 1))
    assert (await scene.store.heads([sender.contact_seq]))[sender.contact_seq] == len(items)


async def _chat(scene: Scene) -> tuple[Caller, Caller, list[TranscriptItem]]:
    """Return a sender, somebody else, and a transcript that begins, ends and goes on privately."""
    sender = await scene.customer()
    other = await scene.join(sender.contact_id)
    for is_private in (True, False, True, True, False, False, True):
        if is_private:
            await scene.conclude(await scene.scanned(sender), is_approved=False)
        else:
            await scene.say(sender if scene.now % 2 else other)
        scene.now += 1001
    return sender, other, await scene.items(sender.contact_id)


async def _place(scene: Scene, caller: Caller, start: PageStart) -> int | None:
    return await scene.store.place(caller.contact_seq, start, viewer=caller.seq)
