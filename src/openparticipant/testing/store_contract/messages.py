"""A message is said once, in its place; receipts are kept with it."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.connection import Caller
from openparticipant.domain.contact import Role
from openparticipant.domain.transcript import ItemType, Receipt
from openparticipant.errors import (
    AccessDeniedException,
    ConflictException,
    ValidationException,
)
from openparticipant.limits import MINUTE, SECOND
from openparticipant.ports import NewMessage, NewReceipt, PageStart
from openparticipant.testing.store_contract.scene import ONCE, Scene, at_once, refused, results


async def a_message_is_the_next_item(scene: Scene) -> None:
    """It comes back from the store as it was said, with its author."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    first = await scene.say(customer, "Grüße 🧵\n\t\"'$1?")
    scene.now += 5
    second = await scene.say(agent, "hello")
    assert await scene.items(customer.contact_id) == [first, second]
    assert (first.ordinal, first.type, first.content_type) == (1, ItemType.MESSAGE, "text/plain")
    assert (first.content, first.author) == ("Grüße 🧵\n\t\"'$1?", customer.participant)
    assert (second.ordinal, second.at) == (2, first.at + 5)


async def a_repeated_message_is_said_once(scene: Scene) -> None:
    """The same token gives the same item, however much later and however many at once."""
    caller = await scene.customer()
    outcomes = results(await at_once(scene.say(caller, client_token=ONCE) for _ in range(20)))
    scene.now += MINUTE
    outcomes.append(await scene.say(caller, client_token=ONCE))
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert await scene.items(caller.contact_id) == [outcomes[0]]


async def a_token_names_one_message_of_one_participant(scene: Scene) -> None:
    """Another text under it is refused; another participant's is another one."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    await scene.say(customer, "one", client_token=ONCE)
    await refused(scene.say(customer, "two", client_token=ONCE), ValidationException)
    await scene.say(agent, "three", client_token=ONCE)
    said = [item.content for item in await scene.items(customer.contact_id)]
    assert said == ["one", "three"]


async def a_content_type_must_be_one_that_the_contact_takes(scene: Scene) -> None:
    """Nothing is said otherwise."""
    plain = await scene.customer()
    rich = await scene.customer(content_types=["text/plain", "text/markdown"])
    message = NewMessage(scene.ids.uuid(), "text/markdown", "**hi**", None)
    await refused(scene.store.send(plain, message, now=scene.now), ValidationException)
    assert await scene.items(plain.contact_id) == []
    assert (await scene.store.send(rich, message, now=scene.now)).content_type == "text/markdown"


async def nobody_speaks_after_the_end(scene: Scene) -> None:
    """Neither who left nor anyone once the contact has ended, not even to repeat."""
    customer = await scene.customer()
    agent = await scene.join(customer.contact_id)
    await scene.say(agent, client_token=ONCE)
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    await refused(scene.say(agent), AccessDeniedException)
    await refused(scene.say(agent, client_token=ONCE), AccessDeniedException)
    await scene.stop(customer)
    await refused(scene.say(customer), AccessDeniedException)


async def no_message_comes_after_the_end_of_the_chat(scene: Scene) -> None:
    """Whoever speaks while the contact ends is heard before the end or not at all."""
    for _ in range(5):
        customer = await scene.customer()
        said = at_once(scene.say(customer, client_token=str(number)) for number in range(10))
        outcomes, _ = await at_once([said, scene.stop(customer)])
        assert not isinstance(outcomes, BaseException)
        heard = results(outcomes or [], AccessDeniedException)
        items = await scene.items(customer.contact_id)
        assert len(items) == len(heard) + 1
        assert items[-1].type is ItemType.EVENT


async def a_receipt_is_kept_with_its_message(scene: Scene) -> None:
    """Delivered first, read later; the first word counts, and is all that is told."""
    customer, said = await _said(scene)
    agent = await scene.join(customer.contact_id)
    delivered = Receipt(agent.participant_id, scene.now, None)
    assert await scene.acknowledge(agent, said) == delivered
    scene.now += SECOND
    assert await scene.acknowledge(agent, said) is None
    read = Receipt(agent.participant_id, delivered.delivered_at, scene.now)
    assert await scene.acknowledge(agent, said, is_read=True) == read
    scene.now += SECOND
    assert await scene.acknowledge(agent, said, is_read=True) is None
    assert await scene.acknowledge(agent, said) is None
    ((item,),) = await scene.pages(customer, PageStart(forward=False), 9)
    assert item.receipts == (read,)


async def what_was_read_was_delivered(scene: Scene) -> None:
    """A client that tells only the last thing has told both."""
    customer, said = await _said(scene)
    agent = await scene.join(customer.contact_id)
    read = Receipt(agent.participant_id, scene.now, scene.now)
    assert await scene.acknowledge(agent, said, is_read=True) == read


async def receipts_at_once_are_one(scene: Scene) -> None:
    """Of many that tell the same, each in its own instant, one tells something new."""
    customer, said = await _said(scene)
    agent = await scene.join(customer.contact_id)
    tries = (
        scene.store.acknowledge(agent, NewReceipt(said, is_read=False), now=scene.now + number)
        for number in range(10)
    )
    outcomes = results(await at_once(tries))
    assert sum(outcome is not None for outcome in outcomes) == 1


async def a_receipt_asked_for_again_is_told_again(scene: Scene) -> None:
    """Whoever never heard of it gives the same instant, and gets what is known by then."""
    customer, said = await _said(scene)
    agent = await scene.join(customer.contact_id)
    delivered = NewReceipt(said, is_read=False)
    at = scene.now
    first = await scene.store.acknowledge(agent, delivered, now=at)
    assert await scene.store.acknowledge(agent, delivered, now=at) == first
    read = await scene.store.acknowledge(agent, NewReceipt(said, is_read=True), now=at + SECOND)
    assert read == Receipt(agent.participant_id, at, at + SECOND)
    assert await scene.store.acknowledge(agent, delivered, now=at) == read
    assert await scene.store.acknowledge(agent, delivered, now=at + SECOND) is None


async def a_receipt_is_for_somebody_elses_message(scene: Scene) -> None:
    """Not for one's own, an event, another chat's, or one that is not there."""
    customer, said = await _said(scene)
    agent = await scene.join(customer.contact_id)
    joined = await scene.arrive(agent)
    _, elsewhere = await _said(scene)
    assert joined is not None
    await refused(scene.acknowledge(customer, said), ValidationException)
    for nothing in (joined.id, elsewhere, scene.ids.uuid(), "", "x"):
        await refused(scene.acknowledge(agent, nothing), ValidationException)


async def receipts_are_refused_among_more_than_two(scene: Scene) -> None:
    """Only those count who have come and not left."""
    customer, said = await _said(scene)
    agent, other, absent = [await scene.join(customer.contact_id) for _ in range(3)]
    for each in (customer, agent):
        await scene.arrive(each)
    assert await scene.acknowledge(agent, said) is not None
    await scene.arrive(other)
    await refused(scene.acknowledge(agent, said), ConflictException)
    await scene.store.disconnect(other, scene.ids.uuid(), now=scene.now)
    assert await scene.acknowledge(absent, said) is not None


async def who_has_left_acknowledges_nothing(scene: Scene) -> None:
    """A late receipt is refused as everything else is."""
    customer, said = await _said(scene)
    bot = await scene.join(customer.contact_id, Role.CUSTOM_BOT)
    await scene.store.disconnect(bot, scene.ids.uuid(), now=scene.now)
    await refused(scene.acknowledge(bot, said), AccessDeniedException)


async def _said(scene: Scene) -> tuple[Caller, str]:
    customer = await scene.customer()
    return customer, (await scene.say(customer)).id
