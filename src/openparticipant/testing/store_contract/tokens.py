"""A token admits whoever it was issued to, for as long as it, the participant and the contact last."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from openparticipant.domain.connection import Caller, IssuedToken
from openparticipant.domain.contact import Role
from openparticipant.errors import AccessDeniedException, ContactNotFoundException
from openparticipant.limits import HOUR
from openparticipant.ports import NewConnection
from openparticipant.testing.store_contract.scene import (
    INSTANCE,
    Scene,
    at_once,
    refused,
    results,
)


async def a_token_that_was_never_issued_is_nobodys(scene: Scene) -> None:
    """An unknown digest names nobody."""
    await scene.customer()
    unknown = scene.token().digest
    assert await scene.store.holder(unknown, now=scene.now) is None
    assert await scene.store.caller(unknown, now=scene.now) is None


async def the_two_kinds_of_token_are_not_exchangeable(scene: Scene) -> None:
    """A participant token is no connection token, nor the other way round."""
    new = scene.new_contact()
    await scene.store.start_contact(new)
    connection = await scene.connection(new.token)
    assert await scene.store.caller(new.token.digest, now=scene.now) is None
    assert await scene.store.holder(connection.digest, now=scene.now) is None


async def a_token_names_its_participant(scene: Scene) -> None:
    """Both kinds lead to the same participant of the same contact."""
    new = scene.new_contact()
    await scene.store.start_contact(new)
    holder = await scene.store.holder(new.token.digest, now=scene.now)
    caller = await scene.connected(new.token)
    assert holder == caller
    assert (caller.contact_id, caller.instance_id) == (new.id, INSTANCE)
    assert (caller.participant_id, caller.role) == (new.customer.id, Role.CUSTOMER)
    assert (caller.display_name, caller.refusal) == (new.customer.display_name, None)


async def a_token_ends_at_its_instant(scene: Scene) -> None:
    """It admits until the last millisecond before `expires_at`."""
    new = scene.new_contact(token=scene.token(lasting=100))
    await scene.store.start_contact(new)
    connection = await scene.connection(new.token, lasting=50)
    assert await _admitted(scene, new.token, connection, after=49) == (True, True)
    assert await _admitted(scene, new.token, connection, after=50) == (True, False)
    assert await _admitted(scene, new.token, connection, after=99) == (True, False)
    assert await _admitted(scene, new.token, connection, after=100) == (False, False)


async def a_new_connection_leaves_the_earlier_one(scene: Scene) -> None:
    """A client may hold its old connection until the new one works."""
    new = scene.new_contact()
    await scene.store.start_contact(new)
    connections = [await scene.connection(new.token) for _ in range(3)]
    for connection in connections:
        caller = await scene.store.caller(connection.digest, now=scene.now)
        assert caller is not None
        assert caller.refusal is None


async def a_websocket_alone_can_be_asked_for(scene: Scene) -> None:
    """Each part of a connection is recorded only if it was asked for."""
    new = scene.new_contact()
    await scene.store.start_contact(new)
    holder = await _holder(scene, new.token)
    websocket = scene.token()
    await scene.store.connect(holder, NewConnection(None, websocket), now=scene.now)
    await scene.store.connect(holder, NewConnection(None, None), now=scene.now)
    assert await scene.store.caller(websocket.digest, now=scene.now) is None


async def every_token_of_a_stopped_contact_is_void(scene: Scene) -> None:
    """Whoever held one is still known, for the log, and refused."""
    new = scene.new_contact()
    await scene.store.start_contact(new)
    connection = await scene.connection(new.token)
    await scene.store.stop_contact(new.id, INSTANCE, "API", scene.ids.uuid(), now=scene.now)
    assert await _admitted(scene, new.token, connection) == (False, False)
    assert await _admitted(scene, *await _token_of_agent(scene)) == (True, True)


async def every_token_is_void_once_the_duration_is_over(scene: Scene) -> None:
    """A contact past its end admits nobody, even before anyone has recorded that."""
    new = scene.new_contact(duration=HOUR)
    await scene.store.start_contact(new)
    connection = await scene.connection(new.token)
    assert await _admitted(scene, new.token, connection, after=HOUR - 1) == (True, True)
    assert await _admitted(scene, new.token, connection, after=HOUR) == (False, False)


async def a_disconnected_participant_is_out(scene: Scene) -> None:
    """An agent's tokens are void after it left; the contact goes on without it."""
    token, connection = await _token_of_agent(scene)
    agent = await _holder(scene, token)
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    assert await _admitted(scene, token, connection) == (False, False)
    contact = await scene.store.contact(agent.contact_id, INSTANCE)
    assert contact is not None
    assert contact.ended_at is None


async def the_customer_takes_the_contact_along(scene: Scene) -> None:
    """A customer who disconnects ends the contact and every token in it."""
    new = scene.new_contact()
    await scene.store.start_contact(new)
    customer = await scene.connected(new.token)
    agent = scene.new_participant(new.id)
    await scene.store.create_participant(agent, now=scene.now)
    connection = await scene.connection(agent.token)
    await scene.store.disconnect(customer, scene.ids.uuid(), now=scene.now)
    assert await _admitted(scene, agent.token, connection) == (False, False)
    await refused(
        scene.store.stop_contact(new.id, INSTANCE, "API", scene.ids.uuid(), now=scene.now),
        ContactNotFoundException,
    )


async def one_of_many_disconnects_at_once_succeeds(scene: Scene) -> None:
    """Who has left cannot leave again."""
    customer = await scene.customer()
    outcomes = await at_once(
        scene.store.disconnect(customer, scene.ids.uuid(), now=scene.now) for _ in range(8)
    )
    assert len(results(outcomes, AccessDeniedException)) == 1


async def the_refusals_reasons_differ(scene: Scene) -> None:
    """The log can tell an expired token from an ended contact and a participant that left."""
    token, connection = await _token_of_agent(scene)
    agent = await _holder(scene, token)
    expired = await scene.store.caller(connection.digest, now=connection.expires_at)
    over = await scene.store.caller(connection.digest, now=scene.now + 10_000 * HOUR)
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    left = await scene.store.caller(connection.digest, now=scene.now)
    await scene.store.stop_contact(
        agent.contact_id, INSTANCE, "API", scene.ids.uuid(), now=scene.now
    )
    ended = await scene.store.caller(connection.digest, now=scene.now)
    reasons = {caller.refusal for caller in (expired, over, left, ended) if caller}
    assert len(reasons) == 4
    assert None not in reasons


async def nobody_connects_to_what_is_over(scene: Scene) -> None:
    """Whether holder and contact are still there is decided where the connection is written."""
    token, _ = await _token_of_agent(scene)
    agent = await _holder(scene, token)
    other = await _holder(scene, (await _token_of_agent(scene))[0])
    late = scene.token()
    over = scene.now + 10_000 * HOUR
    await refused(
        scene.store.connect(agent, NewConnection(late, None), now=over), AccessDeniedException
    )
    await scene.store.disconnect(agent, scene.ids.uuid(), now=scene.now)
    await scene.store.stop_contact(
        other.contact_id, INSTANCE, "API", scene.ids.uuid(), now=scene.now
    )
    for holder in (agent, other):
        await refused(
            scene.store.connect(holder, NewConnection(late, late), now=scene.now),
            AccessDeniedException,
        )
    assert await scene.store.caller(late.digest, now=scene.now) is None


async def _holder(scene: Scene, token: IssuedToken) -> Caller:
    holder = await scene.store.holder(token.digest, now=scene.now)
    assert holder is not None
    return holder


async def _token_of_agent(scene: Scene) -> tuple[IssuedToken, IssuedToken]:
    """Return both tokens of an agent in a contact of its own."""
    new = scene.new_participant((await scene.customer()).contact_id)
    await scene.store.create_participant(new, now=scene.now)
    return new.token, await scene.connection(new.token)


async def _admitted(
    scene: Scene, participant_token: IssuedToken, connection: IssuedToken, after: int = 0
) -> tuple[bool, bool]:
    """Tell whether each token admits its participant, `after` milliseconds from now."""
    now = scene.now + after
    holder = await scene.store.holder(participant_token.digest, now=now)
    caller = await scene.store.caller(connection.digest, now=now)
    assert holder is not None
    assert caller is not None
    return holder.refusal is None, caller.refusal is None


async def who_was_connected_is_known(scene: Scene) -> None:
    """By any connection, to speak or to listen, also after it has ended; nobody else's counts."""
    for listening in (True, False):
        new = scene.new_contact()
        await scene.store.start_contact(new)
        holder = await scene.store.holder(new.token.digest, now=scene.now)
        assert holder is not None
        assert not await scene.store.was_connected(holder)
        token = scene.token()
        bought = NewConnection(None, token) if listening else NewConnection(token, None)
        await scene.store.connect(holder, bought, now=scene.now)
        scene.now += 1
        assert await scene.store.was_connected(holder)
