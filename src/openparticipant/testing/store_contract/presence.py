"""Participants come once and leave once, and the transcript tells both."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.contact import Role
from openparticipant.domain.transcript import EventType, ItemType, TranscriptItem
from openparticipant.errors import AccessDeniedException
from openparticipant.ports import NewConnection
from openparticipant.testing.store_contract.scene import Scene, at_once, refused, results


async def a_participant_comes_once(scene: Scene) -> None:
    """However many of its sockets subscribe at once, and whenever."""
    caller = await scene.customer()
    outcomes = results(await at_once(scene.arrive(caller) for _ in range(10)))
    (told,) = [item for item in outcomes if item is not None]
    assert (told.type, told.content_type) == (ItemType.EVENT, EventType.JOINED)
    assert (told.author, told.content) == (caller.participant, None)
    assert await scene.arrive(caller) is None
    assert await scene.items(caller.contact_id) == [told]


async def nobody_comes_after_the_end(scene: Scene) -> None:
    """Neither again after leaving, nor to a contact that has ended."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    await refused(scene.arrive(agent), AccessDeniedException)
    await scene.stop(customer)
    await refused(scene.arrive(customer), AccessDeniedException)


async def who_leaves_is_told_of(scene: Scene) -> None:
    """An agent's leaving is one item, and the chat goes on."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    (left,) = await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    assert (left.content_type, left.author) == (EventType.LEFT, agent.participant)
    await refused(
        scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now), AccessDeniedException
    )
    assert await scene.items(customer.contact_id) == [left]
    await scene.say(customer)


async def a_customer_who_leaves_ends_the_chat(scene: Scene) -> None:
    """First they are gone, then the chat is over, which has no author."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    await scene.arrive(agent)
    told = await scene.store.disconnect(customer, scene.ids.uuid(), now=scene.now)
    assert _told(told) == [(EventType.LEFT, customer.participant_id), (EventType.ENDED, None)]
    assert [item.ordinal for item in told] == [2, 3]
    assert (await scene.items(customer.contact_id))[1:] == told


async def agents_leave_with_the_customer_where_that_was_asked_for(scene: Scene) -> None:
    """Those who have come and are still there, before the chat ends."""
    customer = await scene.customer(disconnect_on_exit=[Role.AGENT])
    agent, gone, absent = [await scene.join(customer.contact_id) for _ in range(3)]
    bot = await scene.join(customer.contact_id, Role.CUSTOM_BOT)
    for each in (agent, gone, bot):
        await scene.arrive(each)
    await scene.store.disconnect(gone, scene.ids.uuid(), now=scene.now)
    told = await scene.store.disconnect(customer, scene.ids.uuid(), now=scene.now)
    assert absent.participant_id not in {item.author and item.author.id for item in told}
    assert _told(told) == [
        (EventType.LEFT, customer.participant_id),
        (EventType.LEFT, agent.participant_id),
        (EventType.ENDED, None),
    ]


async def a_stop_tells_the_end_only(scene: Scene) -> None:
    """Nobody left by themselves."""
    customer = await scene.customer()
    await scene.arrive(customer)
    ended = await scene.store.stop_contact(
        customer.contact_id, customer.instance_id, "API", scene.ids.uuid(), now=scene.now
    )
    assert _told([ended]) == [(EventType.ENDED, None)]


async def of_all_ways_to_end_one_is_told(scene: Scene) -> None:
    """A stop, the customer's leaving and the end of its time at once make one end."""
    for _ in range(5):
        customer = await scene.customer(duration=1000)
        scene.now += 1000
        await at_once(
            [
                scene.stop(customer),
                scene.store.disconnect(customer, scene.ids.uuid(), now=scene.now),
                scene.store.end_expired_contacts(now=scene.now, limit=10),
            ]
        )
        ends = [
            item
            for item in await scene.items(customer.contact_id)
            if item.content_type == EventType.ENDED
        ]
        assert len(ends) == 1


async def a_websocket_token_names_its_participant(scene: Scene) -> None:
    """While it lasts, again and again, and only where a WebSocket is asked for."""
    new = scene.new_contact()
    await scene.store.start_contact(new)
    holder = await scene.store.holder(new.token.digest, now=scene.now)
    assert holder is not None
    websocket = scene.token(lasting=100)
    await scene.store.connect(holder, NewConnection(None, websocket), now=scene.now)
    for _ in range(2):
        listener = await scene.store.listener(websocket.digest, now=scene.now + 99)
        assert listener is not None
        assert (listener.participant_id, listener.refusal) == (new.customer.id, None)
    late = await scene.store.listener(websocket.digest, now=scene.now + 100)
    assert late is not None
    assert late.refusal is not None
    assert await scene.store.caller(websocket.digest, now=scene.now) is None
    assert await scene.store.listener(new.token.digest, now=scene.now) is None


def _told(items: list[TranscriptItem]) -> list[tuple[str | None, str | None]]:
    return [(item.content_type, item.author.id if item.author else None) for item in items]
