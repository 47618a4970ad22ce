"""Deadlines that several nodes work off at once, on one PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from openparticipant.domain.transcript import EventType
from openparticipant.limits import CONNECT_WINDOW, HOUR
from openparticipant.ports import NewConnection
from openparticipant.testing.store_contract.scene import DURATION, LEASE, LIMIT, Scene
from tests.contracts.postgres_stores import PostgresStores

_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype <> 'advisory'"


@asynccontextmanager
async def nodes(stores: PostgresStores) -> AsyncIterator[list[Scene]]:
    """Open the same database for three nodes, whose ids have one source."""
    async with AsyncExitStack() as opened:
        scenes = [await opened.enter_async_context(Scene.on(stores)) for _ in range(3)]
        for scene in scenes:
            scene.ids = scenes[0].ids
        yield scenes


async def blocked(observer: asyncpg.Connection, count: int) -> None:
    """Return once so many writes wait for a lock."""
    for _ in range(1000):
        if await observer.fetchval(_WAITING) >= count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def test_each_is_taken_by_one_node(postgres: str) -> None:
    """Nobody gets a row that another one has, and none is left."""
    async with PostgresStores(postgres) as stores, nodes(stores) as scenes:
        one = scenes[0]
        offered = set()
        for _ in range(3):
            caller = await one.customer()
            offered |= {(await one.propose(caller)).id for _ in range(LIMIT)}
        late = one.now + HOUR
        taken = await asyncio.gather(
            *(
                scene.store.due_attachments(now=late, lease=LEASE, limit=LIMIT)
                for scene in scenes
                for _ in range(3)
            )
        )
        left = await one.store.due_attachments(now=late, lease=LEASE, limit=1000)

    ids = [due.attachment.id for each in [*taken, left] for due in each]
    assert len(ids) == len(offered)
    assert set(ids) == offered


async def test_a_chat_ends_once(postgres: str) -> None:
    """However many nodes see that its time is over: one item tells so, and one node tells it."""
    async with PostgresStores(postgres) as stores, nodes(stores) as scenes:
        one = scenes[0]
        callers = [await one.customer() for _ in range(10)]
        late = one.now + DURATION
        told = await asyncio.gather(
            *(
                scene.store.end_expired_contacts(now=late, limit=100)
                for scene in scenes
                for _ in range(3)
            )
        )
        kept = [await one.items(caller.contact_id) for caller in callers]

    ended = sorted(item.contact_id for each in told for item in each)
    assert ended == sorted(caller.contact_id for caller in callers)
    assert [
        [item.content_type for item in items if item.content_type == EventType.ENDED]
        for items in kept
    ] == [[EventType.ENDED]] * 10


async def test_who_comes_at_the_last_moment_has_come(postgres: str) -> None:
    """A node that saw the chat's time run out looks again before it ends it."""
    async with PostgresStores(postgres) as stores, nodes(stores) as (one, two, _):
        new = one.new_contact()
        await one.store.start_contact(new)
        customer = await one.store.holder(new.token.digest, now=one.now)
        assert customer is not None
        deadline = one.now + CONNECT_WINDOW
        holder = await asyncpg.connect(stores.url)
        try:
            await holder.execute("BEGIN; SELECT 1 FROM contacts FOR UPDATE")
            token = one.token()
            coming = asyncio.create_task(
                one.store.connect(customer, NewConnection(token, None), now=deadline - 1)
            )
            await blocked(holder, 1)
            ending = asyncio.create_task(two.store.end_expired_contacts(now=deadline, limit=100))
            await blocked(holder, 2)
            await holder.execute("COMMIT")
        finally:
            await holder.close()
        await coming
        told = await ending
        found = await one.store.caller(token.digest, now=deadline + 1)

    assert told == []
    assert found is not None
    assert found.refusal is None
