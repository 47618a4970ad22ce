"""A contact starts once, is found by its instance, and ends once."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.transcript import EventType, ItemType
from openparticipant.errors import ContactNotFoundException, InvalidRequestException
from openparticipant.limits import CONNECT_WINDOW, HOUR
from openparticipant.ports import InitialMessage
from openparticipant.testing.store_contract.scene import (
    INSTANCE,
    ONCE,
    Scene,
    at_once,
    refused,
    results,
)


async def a_started_contact_is_found_open(scene: Scene) -> None:
    """Starting returns the ids that were given, and the contact is there as described."""
    new = scene.new_contact(attributes={"key": "Grüße 🧵"})
    assert await scene.store.start_contact(new) == (new.id, new.customer.id)
    contact = await scene.store.contact(new.id, INSTANCE)
    assert contact is not None
    assert dict(contact.attributes) == {"key": "Grüße 🧵"}
    assert (contact.flow_id, contact.started_at, contact.ends_at) == (
        new.flow_id,
        new.started_at,
        new.ends_at,
    )
    assert (contact.ended_at, contact.disconnect_reason) == (None, None)


async def a_contact_belongs_to_its_instance(scene: Scene) -> None:
    """Another instance cannot see a contact or stop it."""
    new = scene.new_contact()
    await scene.store.start_contact(new)
    assert await scene.store.contact(new.id, "another") is None
    await refused(
        scene.store.stop_contact(new.id, "another", "API", scene.ids.uuid(), now=scene.now),
        ContactNotFoundException,
    )
    contact = await scene.store.contact(new.id, INSTANCE)
    assert contact is not None
    assert contact.ended_at is None


async def a_repeated_start_returns_the_first_ids(scene: Scene) -> None:
    """The same request under the same client token starts nothing; both its tokens admit."""
    first = scene.new_contact(client_token=ONCE)
    again = scene.new_contact(client_token=ONCE)
    assert await scene.store.start_contact(first) == (first.id, first.customer.id)
    assert await scene.store.start_contact(again) == (first.id, first.customer.id)
    assert await scene.store.contact(again.id, INSTANCE) is None
    for token in (first.token, again.token):
        holder = await scene.store.holder(token.digest, now=scene.now)
        assert holder is not None
        assert holder.participant_id == first.customer.id


async def another_start_under_the_same_client_token_is_refused(scene: Scene) -> None:
    """The token stands for one request; another one under it leaves nothing behind."""
    await scene.store.start_contact(scene.new_contact(client_token=ONCE))
    other = scene.new_contact(client_token=ONCE, request_digest=b"other")
    await refused(scene.store.start_contact(other), InvalidRequestException)
    assert await scene.store.contact(other.id, INSTANCE) is None
    assert await scene.store.holder(other.token.digest, now=scene.now) is None


async def starts_without_a_client_token_are_all_different(scene: Scene) -> None:
    """Nothing ties two requests together that carry no client token."""
    ids = {await scene.store.start_contact(scene.new_contact()) for _ in range(2)}
    assert len(ids) == 2


async def client_tokens_of_two_instances_do_not_meet(scene: Scene) -> None:
    """A client token counts within its instance."""
    ids = {
        await scene.store.start_contact(scene.new_contact(client_token=ONCE, instance_id=instance))
        for instance in (INSTANCE, "another")
    }
    assert len(ids) == 2


async def twenty_equal_starts_at_once_start_one_contact(scene: Scene) -> None:
    """All callers get the ids of one contact and a token that admits, whoever was first."""
    message = InitialMessage(scene.ids.uuid(), "text/plain", "hello")
    news = [scene.new_contact(client_token=ONCE, initial_message=message) for _ in range(20)]
    outcomes = results(await at_once(scene.store.start_contact(new) for new in news))
    assert len(outcomes) == 20
    ((contact_id, participant_id),) = set(outcomes)
    for new in news:
        holder = await scene.store.holder(new.token.digest, now=scene.now)
        assert holder is not None
        assert (holder.contact_id, holder.participant_id) == (contact_id, participant_id)
    assert len(await scene.items(contact_id)) == 1


async def an_initial_message_is_the_first_item(scene: Scene) -> None:
    """What the customer says first opens the transcript."""
    message = InitialMessage(scene.ids.uuid(), "text/plain", "hello")
    new = scene.new_contact(initial_message=message)
    await scene.store.start_contact(new)
    (item,) = await scene.items(new.id)
    assert (item.id, item.ordinal, item.at) == (message.item_id, 1, scene.now)
    assert (item.type, item.author) == (ItemType.MESSAGE, new.customer)
    assert (item.content_type, item.content, item.attachment) == ("text/plain", "hello", None)


async def a_stopped_contact_has_ended(scene: Scene) -> None:
    """Stopping records when and why, and can be done once."""
    new = scene.new_contact()
    await scene.store.start_contact(new)
    scene.now += 5
    await scene.store.stop_contact(new.id, INSTANCE, "THREAT", scene.ids.uuid(), now=scene.now)
    contact = await scene.store.contact(new.id, INSTANCE)
    assert contact is not None
    assert (contact.ended_at, contact.disconnect_reason) == (scene.now, "THREAT")
    for contact_id in (new.id, scene.ids.uuid()):
        await refused(
            scene.store.stop_contact(
                contact_id, INSTANCE, "API", scene.ids.uuid(), now=scene.now + 1
            ),
            ContactNotFoundException,
        )
    assert await scene.store.contact(new.id, INSTANCE) == contact


async def one_of_many_stops_at_once_ends_the_contact(scene: Scene) -> None:
    """Of several callers only one is told that it ended the contact."""
    caller = await scene.customer()
    outcomes = await at_once(scene.stop(caller) for _ in range(10))
    assert len(results(outcomes, ContactNotFoundException)) == 1


async def contacts_end_when_their_duration_is_over(scene: Scene) -> None:
    """At `ends_at`, not before, and each is told once."""
    short = await scene.customer(duration=HOUR)
    long = await scene.customer(duration=HOUR + 1)
    assert await scene.store.end_expired_contacts(now=scene.now + HOUR - 1, limit=10) == []
    scene.now += HOUR
    (told,) = await scene.store.end_expired_contacts(now=scene.now, limit=10)
    assert (told.contact_id, told.content_type) == (short.contact_id, EventType.ENDED)
    assert (told.ordinal, told.at, told.author) == (1, scene.now, None)
    assert await scene.items(short.contact_id) == [told]
    assert await scene.store.end_expired_contacts(now=scene.now, limit=10) == []
    first = await scene.store.contact(short.contact_id, INSTANCE)
    second = await scene.store.contact(long.contact_id, INSTANCE)
    assert first is not None
    assert second is not None
    assert (first.ended_at, first.disconnect_reason) == (scene.now, "EXPIRED")
    assert second.ended_at is None


async def a_contact_that_its_customer_never_came_to_ends(scene: Scene) -> None:
    """An agent who came does not keep it open; until then its token is good."""
    new = scene.new_contact()
    await scene.store.start_contact(new)
    await scene.join(new.id)
    scene.now += CONNECT_WINDOW - 1
    assert await scene.store.end_expired_contacts(now=scene.now, limit=10) == []
    holder = await scene.store.holder(new.token.digest, now=scene.now)
    assert holder is not None
    assert holder.refusal is None
    scene.now += 1
    holder = await scene.store.holder(new.token.digest, now=scene.now)
    assert holder is not None
    assert holder.refusal is not None
    assert await scene.store.next_deadline() == scene.now
    (told,) = await scene.store.end_expired_contacts(now=scene.now, limit=10)
    assert told.contact_id == new.id
    contact = await scene.store.contact(new.id, INSTANCE)
    assert contact is not None
    assert contact.disconnect_reason == "CUSTOMER_NEVER_ARRIVED"


async def a_customer_who_came_has_the_full_duration(scene: Scene) -> None:
    """Coming again and again neither shortens nor lengthens it."""
    new = scene.new_contact(duration=HOUR)
    await scene.store.start_contact(new)
    scene.now += CONNECT_WINDOW - 1
    for _ in range(2):
        await scene.connection(new.token)
    assert await scene.store.next_deadline() == new.ends_at
    scene.now = new.ends_at - 1
    assert await scene.store.end_expired_contacts(now=scene.now, limit=10) == []
    scene.now += 1
    assert len(await scene.store.end_expired_contacts(now=scene.now, limit=10)) == 1


async def no_more_contacts_end_than_asked_for(scene: Scene) -> None:
    """`limit` bounds one call, and many calls at once tell of every contact once."""
    for _ in range(12):
        await scene.store.start_contact(scene.new_contact(duration=HOUR))
    scene.now += HOUR
    assert len(await scene.store.end_expired_contacts(now=scene.now, limit=4)) == 4
    outcomes = await at_once(
        scene.store.end_expired_contacts(now=scene.now, limit=10) for _ in range(6)
    )
    told = [item.contact_id for items in results(outcomes) for item in items]
    assert len(told) == len(set(told)) == 8
