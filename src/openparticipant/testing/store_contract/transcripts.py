"""A transcript is read from any place, in both directions, page by page."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.connection import Caller
from openparticipant.domain.transcript import TranscriptItem
from openparticipant.ports import PageStart
from openparticipant.testing.store_contract.scene import Scene


async def pages_joined_are_the_whole(scene: Scene) -> None:
    """In both directions and any size, without a gap or a repeat."""
    caller, items = await _talk(scene, 7)
    for limit in range(1, 10):
        forward = await scene.pages(caller, PageStart(forward=True, id=items[0].id), limit)
        backward = await scene.pages(caller, PageStart(forward=False), limit)
        assert [item for page in forward for item in page] == items
        assert [item for page in backward for item in page] == items[::-1]


async def what_is_said_meanwhile_changes_no_page_that_follows(scene: Scene) -> None:
    """Reading backwards begins where it began."""
    caller, items = await _talk(scene, 6)
    first = await scene.store.page(
        caller.contact_seq, viewer=caller.seq, begin=6, forward=False, limit=3
    )
    await scene.say(caller)
    rest = await scene.store.page(
        caller.contact_seq, viewer=caller.seq, begin=first[-1].ordinal - 1, forward=False, limit=9
    )
    assert first + rest == items[::-1]


async def reading_begins_at_an_item(scene: Scene) -> None:
    """Which is read, too; another chat's is not there."""
    caller, items = await _talk(scene, 3)
    _, others = await _talk(scene, 3)
    for id_, forward, place in (
        (items[1].id, True, 2),
        (others[1].id, True, None),
        ("", False, None),
    ):
        assert await _place(scene, caller, PageStart(forward=forward, id=id_)) == place


async def reading_begins_at_an_instant(scene: Scene) -> None:
    """Forwards at the first item not before it, backwards at the last one not after it."""
    caller, items = await _talk(scene, 3)
    first, second, last = (item.at for item in items)
    for at, forward, place in (
        (first, True, 1),
        (second - 1, True, 2),
        (last + 1, True, None),
        (first - 1, False, None),
        (second + 1, False, 2),
        (2**40 * 1000, False, 3),
    ):
        found = await _place(scene, caller, PageStart(forward=forward, at=at))
        assert found == place, (at, forward)


async def reading_begins_among_the_newest(scene: Scene) -> None:
    """The newest is 1; more than there are is the oldest."""
    caller, _ = await _talk(scene, 3)
    for wanted, place in ((0, 3), (1, 3), (2, 2), (3, 1), (100, 1)):
        start = PageStart(forward=True, most_recent=wanted)
        assert await _place(scene, caller, start) == place


async def an_empty_transcript_has_no_page(scene: Scene) -> None:
    """Neither way."""
    caller = await scene.customer()
    for forward in (True, False):
        assert await scene.pages(caller, PageStart(forward=forward), 9) == [[]]


async def heads_tell_how_far_each_contact_has_come(scene: Scene) -> None:
    """Of many contacts at once, of those that are there."""
    callers = [(await _talk(scene, number))[0] for number in (0, 1, 3)]
    others = [await scene.customer() for _ in range(70)]
    heads = await scene.store.heads(caller.contact_seq for caller in [*callers, *others])
    assert [heads[caller.contact_seq] for caller in callers] == [0, 1, 3]
    assert len(heads) == 73
    assert await scene.store.heads([]) == {}
    assert await scene.store.heads([2**40]) == {}


async def _place(scene: Scene, caller: Caller, start: PageStart) -> int | None:
    return await scene.store.place(caller.contact_seq, start, viewer=caller.seq)


async def _talk(scene: Scene, length: int) -> tuple[Caller, list[TranscriptItem]]:
    caller = await scene.customer()
    items = []
    for number in range(length):
        items.append(await scene.say(caller, str(number)))
        scene.now += 1000
    return caller, items
