"""The operator finds every contact, by its id or in the order of starts."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.connection import Caller
from openparticipant.ports import ContactFilter, ContactPlace, ListedContact
from openparticipant.testing.store_contract.scene import INSTANCE, Scene

_NEWEST = ContactPlace(2**53)
_ANY = ContactFilter()


async def a_contact_is_found_by_its_id_alone(scene: Scene) -> None:
    """With what `contact` tells of it, how many take part, and how many items it has."""
    caller = await scene.customer(instance_id="another")
    await scene.say(caller)
    agent = scene.new_participant(caller.contact_id, instance_id="another")
    await scene.store.create_participant(agent, now=scene.now)
    found = await scene.store.find_contact(caller.contact_id)
    assert found is not None
    assert found.contact == await scene.store.contact(caller.contact_id, "another")
    assert (found.seq, found.participants, found.items) == (caller.contact_seq, 2, 1)
    assert await scene.store.find_contact("nobody") is None
    assert await scene.store.find_contact("") is None


async def what_was_said_is_read_after_the_end(scene: Scene) -> None:
    """When no token speaks for anybody any more."""
    caller = await scene.customer()
    said = await scene.say(caller)
    await scene.stop(caller)
    found = await scene.store.find_contact(caller.contact_id)
    assert found is not None
    assert found.contact.ended_at == scene.now
    page = await scene.store.page(found.seq, viewer=None, begin=1, forward=True, limit=9)
    assert page[0] == said
    assert len(page) == found.items == 2


async def pages_of_contacts_joined_are_the_whole(scene: Scene) -> None:
    """The newest first, those of one instant included, without a gap or a repeat."""
    started = [await _started(scene, number // 3) for number in range(8)]
    for limit in range(1, 10):
        pages = await _pages(scene, _ANY, limit)
        assert [found.contact.id for page in pages for found in page] == started[::-1]


async def what_starts_meanwhile_changes_no_page_that_follows(scene: Scene) -> None:
    """Reading goes on where it was."""
    started = [await _started(scene, number) for number in range(4)]
    first = await scene.store.list_contacts(_ANY, before=_NEWEST, limit=2)
    later = await _started(scene, 3), await _started(scene, 9)
    rest = await scene.store.list_contacts(_ANY, before=first[-1].place, limit=9)
    assert [found.contact.id for found in (*first, *rest)] == started[::-1]
    again = await scene.store.list_contacts(_ANY, before=_NEWEST, limit=9)
    assert {found.contact.id for found in again} == {*started, *later}


async def contacts_are_chosen_by_state_and_instance(scene: Scene) -> None:
    """Each alone and both together."""
    callers: dict[tuple[str, bool], Caller] = {}
    for instance_id in (INSTANCE, "another"):
        for is_open in (True, False):
            caller = await scene.customer(instance_id=instance_id)
            callers[instance_id, is_open] = caller
            if not is_open:
                await scene.stop(caller)
    for instance in (None, INSTANCE, "another", "nowhere"):
        for state in (None, True, False):
            expected = {
                caller.contact_id
                for (instance_id, is_open), caller in callers.items()
                if instance in {None, instance_id} and state in {None, is_open}
            }
            pages = await _pages(scene, ContactFilter(instance, is_open=state), 1)
            found = [found.contact.id for page in pages for found in page]
            assert (set(found), len(found)) == (expected, len(expected)), (instance, state)


async def contacts_are_chosen_by_their_start(scene: Scene) -> None:
    """From `since` on, which is included, up to the place, which is not."""
    ids = [await _started(scene, number) for number in range(4)]
    start = scene.now
    for since in range(5):
        for until in range(5):
            found = await scene.store.list_contacts(
                ContactFilter(since=start + since), before=ContactPlace(start + until), limit=9
            )
            assert [each.contact.id for each in found] == ids[since:until][::-1], (since, until)


async def _started(scene: Scene, after: int) -> str:
    """Start a contact so many milliseconds after the scene's first instant."""
    new = scene.new_contact(started_at=scene.now + after)
    return (await scene.store.start_contact(new))[0]


async def _pages(scene: Scene, wanted: ContactFilter, limit: int) -> list[list[ListedContact]]:
    pages: list[list[ListedContact]] = []
    place = _NEWEST
    for _ in range(20):
        page = await scene.store.list_contacts(wanted, before=place, limit=limit)
        if not page:
            return pages
        pages.append(page)
        place = page[-1].place
    raise AssertionError("the pages do not end")
