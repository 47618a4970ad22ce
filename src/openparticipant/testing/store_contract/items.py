"""A transcript has no gaps, and its instants only grow."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.transcript import ItemType
from openparticipant.ports import InitialMessage
from openparticipant.testing.store_contract.scene import Scene, at_once, results


async def a_hundred_items_at_once_leave_no_gap(scene: Scene) -> None:
    """Ordinals count from one, instants grow strictly, and every caller is told its own place."""
    caller = await scene.customer()
    agent = await scene.join(caller.contact_id)
    claims = []
    for number in range(100):
        author = (caller, agent)[number % 2]
        claim = scene.attempt(await scene.propose(author, limit=100))
        await scene.claim(author, claim)
        claims.append((author, claim))
    told = results(await at_once(scene.approve(author, claim) for author, claim in claims))
    items = await scene.items(caller.contact_id)
    assert sorted((item for item in told if item), key=lambda item: item.ordinal) == items
    assert [item.ordinal for item in items] == list(range(1, 101))
    instants = [item.at for item in items]
    assert instants == sorted(set(instants))
    assert instants[0] == scene.now


async def instants_grow_while_the_clock_goes_back(scene: Scene) -> None:
    """An item is never older than the one before it."""
    caller = await scene.customer()
    at = scene.now
    for step in (0, -60_000, -60_000, 130_000):
        scene.now += step
        await scene.approved(caller)
    assert [item.at for item in await scene.items(caller.contact_id)] == [
        at,
        at + 1,
        at + 2,
        scene.now,
    ]


async def a_refused_item_leaves_no_gap(scene: Scene) -> None:
    """An approval that fails takes no ordinal."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    leaving = await scene.claimed(agent)
    await scene.approved(customer)
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    await at_once([scene.approve(agent, leaving)])
    await scene.approved(customer)
    told = [(item.ordinal, item.type) for item in await scene.items(customer.contact_id)]
    assert told == [(1, ItemType.ATTACHMENT), (2, ItemType.EVENT), (3, ItemType.ATTACHMENT)]


async def items_are_read_from_a_place_on(scene: Scene) -> None:
    """`after` excludes, `limit` bounds, and the order is that of the ordinals."""
    caller = await scene.customer()
    for _ in range(5):
        await scene.approved(caller)
    page = await scene.store.items(caller.contact_id, after=1, limit=3)
    assert [item.ordinal for item in page] == [2, 3, 4]
    assert await scene.store.items(caller.contact_id, after=5, limit=3) == []
    assert await scene.store.items(scene.ids.uuid(), after=0, limit=3) == []


async def contacts_count_for_themselves(scene: Scene) -> None:
    """Each transcript starts at one, with a first message or without."""
    message = InitialMessage(scene.ids.uuid(), "text/plain", "hello")
    first = await scene.customer(initial_message=message)
    second = await scene.customer()
    for caller in (first, second):
        await scene.approved(caller)
    assert [item.ordinal for item in await scene.items(first.contact_id)] == [1, 2]
    assert [item.ordinal for item in await scene.items(second.contact_id)] == [1]
