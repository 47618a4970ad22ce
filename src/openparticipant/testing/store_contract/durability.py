"""What a call acknowledged is there after the store was closed and opened again."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.attachment import Status
from openparticipant.limits import DAY
from openparticipant.testing.store_contract.scene import INSTANCE, ONCE, Scene


async def a_contact_survives(scene: Scene) -> None:
    """Its description, its end, and the participants in it."""
    open_one, ended = scene.new_contact(), scene.new_contact()
    for new in (open_one, ended):
        await scene.store.start_contact(new)
    agent = scene.new_participant(open_one.id)
    await scene.store.create_participant(agent, now=scene.now)
    await scene.store.stop_contact(ended.id, INSTANCE, "API", scene.ids.uuid(), now=scene.now)
    before = [await scene.store.contact(new.id, INSTANCE) for new in (open_one, ended)]
    await scene.reopen()
    after = [await scene.store.contact(new.id, INSTANCE) for new in (open_one, ended)]
    assert after == before
    assert None not in after
    holder = await scene.store.holder(agent.token.digest, now=scene.now)
    assert holder is not None
    assert holder.refusal is None


async def a_connection_survives(scene: Scene) -> None:
    """A client need not connect again because the server was restarted."""
    new = scene.new_contact()
    await scene.store.start_contact(new)
    connection = await scene.connection(new.token)
    before = await scene.store.caller(connection.digest, now=scene.now)
    await scene.reopen()
    assert await scene.store.caller(connection.digest, now=scene.now) == before
    assert before is not None


async def an_attachment_survives_in_its_state(scene: Scene) -> None:
    """Pending, completing and approved, with the attempt that holds it and the item."""
    caller = await scene.customer()
    pending, claim = await scene.propose(caller), await scene.claimed(caller)
    approved = await scene.approved(caller, ONCE)
    items = await scene.items(caller.contact_id)
    deadline = await scene.store.next_deadline()
    await scene.reopen()
    assert await scene.store.attachment(caller, pending.id) == pending
    assert await scene.status(caller, claim.attachment_id) is Status.COMPLETING
    assert await scene.items(caller.contact_id) == items
    assert await scene.store.next_deadline() == deadline
    it = await scene.store.attachment(caller, approved.attachment_id)
    assert it is not None
    assert (await scene.claim(caller, scene.attempt(it, ONCE))).done
    second = await scene.approve(caller, claim)
    assert second is not None
    assert second.ordinal == 2


async def what_was_forgotten_stays_forgotten(scene: Scene) -> None:
    """A settled deadline does not come back."""
    caller = await scene.customer()
    it = await scene.propose(caller)
    scene.now += DAY
    await scene.settle_all()
    await scene.reopen()
    assert await scene.store.attachment(caller, it.id) is None
    assert await scene.settle_all() == []


async def a_participation_that_ended_stays_ended(scene: Scene) -> None:
    """A disconnected participant is not let in again by a restart."""
    customer = await scene.customer()
    new = scene.new_participant(customer.contact_id)
    await scene.store.create_participant(new, now=scene.now)
    agent = await scene.connected(new.token)
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    await scene.reopen()
    holder = await scene.store.holder(new.token.digest, now=scene.now)
    assert holder is not None
    assert holder.refusal is not None
