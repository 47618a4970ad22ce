"""Participants join open contacts; of bots there is one."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.contact import Role
from openparticipant.errors import (
    ConflictException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
)
from openparticipant.limits import HOUR
from openparticipant.testing.store_contract.scene import (
    ONCE,
    Scene,
    at_once,
    refused,
    results,
)


async def an_added_participant_can_connect(scene: Scene) -> None:
    """The token that came with it admits it, under its own role and name."""
    customer = await scene.customer()
    new = scene.new_participant(customer.contact_id, Role.SUPERVISOR)
    created = await scene.store.create_participant(new, now=scene.now)
    caller = await scene.connected(new.token)
    assert created == caller.participant_id == new.participant.id
    assert (caller.role, caller.display_name) == (Role.SUPERVISOR, "Supervisor")
    assert caller.contact_id == customer.contact_id
    assert caller.refusal is None


async def nobody_joins_a_contact_that_is_not_open(scene: Scene) -> None:
    """Unknown, of another instance, past its duration or ended: there is no such open contact."""
    caller = await scene.customer(duration=HOUR)
    for new in (
        scene.new_participant(scene.ids.uuid()),
        scene.new_participant(caller.contact_id, instance_id="another"),
    ):
        await refused(scene.store.create_participant(new, now=scene.now), ResourceNotFoundException)
    new = scene.new_participant(caller.contact_id)
    await refused(
        scene.store.create_participant(new, now=scene.now + HOUR), ResourceNotFoundException
    )
    await scene.stop(caller)
    await refused(scene.store.create_participant(new, now=scene.now), ResourceNotFoundException)
    assert await scene.store.holder(new.token.digest, now=scene.now) is None


async def a_repeated_addition_returns_the_first_id(scene: Scene) -> None:
    """The same request under the same client token adds nobody, and its token admits the first."""
    contact_id = (await scene.customer()).contact_id
    first = scene.new_participant(contact_id, client_token=ONCE)
    again = scene.new_participant(contact_id, client_token=ONCE)
    for new in (first, again):
        created = await scene.store.create_participant(new, now=scene.now)
        holder = await scene.store.holder(new.token.digest, now=scene.now)
        assert holder is not None
        assert created == holder.participant_id == first.participant.id


async def another_addition_under_the_same_client_token_is_refused(scene: Scene) -> None:
    """The token stands for one request; another one under it leaves nothing behind."""
    contact_id = (await scene.customer()).contact_id
    first = scene.new_participant(contact_id, client_token=ONCE)
    other = scene.new_participant(contact_id, client_token=ONCE, request_digest=b"other")
    await scene.store.create_participant(first, now=scene.now)
    await refused(scene.store.create_participant(other, now=scene.now), ConflictException)
    assert await scene.store.holder(other.token.digest, now=scene.now) is None


async def twenty_equal_additions_at_once_add_one(scene: Scene) -> None:
    """All callers get one participant's id and a token that admits it."""
    contact_id = (await scene.customer()).contact_id
    news = [scene.new_participant(contact_id, client_token=ONCE) for _ in range(20)]
    outcomes = await at_once(scene.store.create_participant(new, now=scene.now) for new in news)
    assert len(results(outcomes)) == 20
    assert len(set(results(outcomes))) == 1
    for new in news:
        assert (await scene.connected(new.token)).participant_id == outcomes[0]


async def a_second_bot_is_refused(scene: Scene) -> None:
    """A contact has one custom participant, and any number of agents beside it."""
    contact_id = (await scene.customer()).contact_id
    await scene.join(contact_id, Role.CUSTOM_BOT)
    for role in (Role.AGENT, Role.AGENT, Role.SUPERVISOR):
        await scene.join(contact_id, role)
    second = scene.new_participant(contact_id, Role.CUSTOM_BOT)
    await refused(
        scene.store.create_participant(second, now=scene.now), ServiceQuotaExceededException
    )
    assert await scene.store.holder(second.token.digest, now=scene.now) is None


async def of_several_bots_at_once_one_joins(scene: Scene) -> None:
    """Who is the one is decided where it is written."""
    contact_id = (await scene.customer()).contact_id
    outcomes = await at_once(
        scene.store.create_participant(
            scene.new_participant(contact_id, Role.CUSTOM_BOT), now=scene.now
        )
        for _ in range(8)
    )
    assert len(results(outcomes, ServiceQuotaExceededException)) == 1


async def a_repeated_bot_is_not_a_second_one(scene: Scene) -> None:
    """A repeat is answered before the quota is looked at."""
    contact_id = (await scene.customer()).contact_id
    ids = [
        await scene.store.create_participant(
            scene.new_participant(contact_id, Role.CUSTOM_BOT, client_token=ONCE), now=scene.now
        )
        for _ in range(2)
    ]
    assert ids[0] == ids[1]


async def a_bot_that_left_makes_room(scene: Scene) -> None:
    """Only those who are there count."""
    contact_id = (await scene.customer()).contact_id
    bot = await scene.join(contact_id, Role.CUSTOM_BOT)
    await scene.store.disconnect(bot, scene.ids.uuid(), now=scene.now)
    assert (await scene.join(contact_id, Role.CUSTOM_BOT)).refusal is None
