"""Nodes that race on one PostgreSQL: quotas and tokens hold across them, and none blocks another."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path

import asyncpg
import pytest

from openparticipant.domain.connection import Caller
from openparticipant.domain.quota import Quota
from openparticipant.errors import ServiceError, ServiceQuotaExceededException
from openparticipant.stores import postgres as driver
from openparticipant.testing.store_contract.scene import (
    LIMIT,
    ONCE,
    URL_LIFETIME,
    Scene,
    at_once,
    results,
)
from tests.contracts.postgres_stores import PostgresStores
from tests.stores import postgres_racer

NODES = 3
ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def nodes(stores: PostgresStores) -> AsyncIterator[list[Scene]]:
    """Open the same database for several nodes, whose ids have one source."""
    async with AsyncExitStack() as opened:
        scenes = [await opened.enter_async_context(Scene.on(stores)) for _ in range(NODES)]
        for scene in scenes:
            scene.ids = scenes[0].ids
        yield scenes


async def test_three_nodes_fill_a_contact_exactly(postgres: str) -> None:
    """Thirty-five of ninety get a place, and the count of the contact says the same."""
    async with PostgresStores(postgres) as stores, nodes(stores) as (one, two, three):
        caller = await one.customer()
        outcomes = await at_once(
            scene.propose(caller) for scene in (one, two, three) for _ in range(30)
        )
        assert len([it for it in outcomes if not isinstance(it, BaseException)]) == LIMIT
        await counts_agree(stores)


async def test_three_processes_fill_a_contact_exactly(postgres: str) -> None:
    """The same of processes, which share nothing but the server."""
    async with PostgresStores(postgres) as stores, Scene.on(stores) as scene:
        new = scene.new_contact()
        await scene.store.start_contact(new)
        token = await scene.connection(new.token)
        racers = [
            subprocess.Popen(  # noqa: ASYNC220 - started at once, before anything else is under way
                [
                    *(sys.executable, "-m", postgres_racer.__name__),
                    *(stores.url, token.digest.hex(), str(number)),
                ],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(1, NODES + 1)
        ]
        try:
            assert [racer.stdout and racer.stdout.readline() for racer in racers] == (
                ["ready\n"] * NODES
            )
            got = [racer.communicate("go\n", timeout=60)[0] for racer in racers]
        finally:
            for racer in racers:
                racer.kill()
                racer.communicate()
        assert sum(map(int, got)) == LIMIT
        await counts_agree(stores)


async def test_a_client_token_raced_by_three_nodes_is_one_attachment(postgres: str) -> None:
    """All hear of the same one, it counts once, and nobody had to be undone for it."""
    async with PostgresStores(postgres) as stores, nodes(stores) as scenes:
        caller = await scenes[0].customer()
        for number in range(20):
            outcomes = await at_once(
                scene.propose(caller, client_token=f"{ONCE}-{number}")
                for scene in scenes
                for _ in range(5)
            )
            assert len({it.id for it in results(outcomes)}) == 1
        await counts_agree(stores)


async def test_completes_raced_by_three_nodes_have_one_winner(postgres: str) -> None:
    """Under one client token, one attempt is granted, and one item told."""
    async with PostgresStores(postgres) as stores, nodes(stores) as scenes:
        caller = await scenes[0].customer()
        for _ in range(10):
            it = await scenes[0].propose(caller)
            claims = [(scene, scene.attempt(it, ONCE)) for scene in scenes for _ in range(4)]
            outcomes = results(await at_once(scene.claim(caller, claim) for scene, claim in claims))
            assert sum(claimed.granted for claimed in outcomes) == 1
            told = results(await at_once(scene.approve(caller, claim) for scene, claim in claims))
            assert len([item for item in told if item is not None]) == 1
        assert len(await scenes[0].attached(caller.contact_id)) == 10


@pytest.mark.parametrize("call", ["say", "propose"])
async def test_who_waited_for_a_lock_sees_what_was_decided_under_it(
    postgres: str, call: str
) -> None:
    """A participant's leaving, which held the lock, is seen by the call that waited for it."""
    async with PostgresStores(postgres) as stores, nodes(stores) as (one, two, _):
        customer = await one.customer()
        agent = await one.join(customer.contact_id)
        holder = await asyncpg.connect(stores.url)
        try:
            await holder.execute("BEGIN; SELECT 1 FROM contacts FOR UPDATE")
            leaving = asyncio.create_task(one.store.disconnect(agent, one.ids.uuid(), now=one.now))
            await waiting(holder, 1)
            calling: asyncio.Task[object] = asyncio.create_task(getattr(two, call)(agent))
            await waiting(holder, 2)
            await holder.execute("COMMIT")
        finally:
            await holder.close()
        await leaving
        with pytest.raises(ServiceError, match="Access denied"):
            await calling


async def test_a_locked_contact_delays_no_other(postgres: str) -> None:
    """Who starts an upload in another chat shares no wait, although they share a statement."""
    async with PostgresStores(postgres) as stores, Scene.on(stores) as scene:
        locked, free = await scene.customer(), await scene.customer()
        holder = await asyncpg.connect(stores.url)
        try:
            await holder.execute("BEGIN")
            await holder.execute(
                "SELECT 1 FROM contacts WHERE seq = $1 FOR UPDATE".replace(
                    "$1", str(locked.contact_seq)
                )
            )
            held_up = asyncio.create_task(scene.propose(locked))
            await asyncio.gather(*(scene.propose(free) for _ in range(20)))
            assert not held_up.done()
            await holder.execute("COMMIT")
        finally:
            await holder.close()
        await held_up
        await counts_agree(stores)


async def test_three_nodes_fill_an_instance_exactly(postgres: str) -> None:
    """Whatever was under way when they began to count, and however they start, lapse and remove."""
    quota = Quota(LIMIT, instance_files=70, instance_size=340)
    async with PostgresStores(postgres) as stores, nodes(stores) as scenes:
        people = [await scenes[number % NODES].customer() for number in range(9)]
        begun = [scenes[number % NODES].propose(people[number % 9]) for number in range(60)]
        counting = [scene.store.count_instances(now=scene.now) for scene in scenes]
        results(await at_once([*begun[:20], *counting, *begun[20:]]))
        await counts_agree(stores)
        outcomes = await at_once(
            scene.propose(people[number], size=4, quota=quota)
            for number in range(9)
            for scene in scenes
        )
        assert len(results(outcomes, ServiceQuotaExceededException)) == 10
        for scene in scenes:
            scene.now += URL_LIFETIME
        results(await at_once(scene.settle_all() for scene in scenes))
        await counts_agree(stores)
        outcomes = await at_once(
            scene.propose(people[number], quota=quota) for number in range(9) for scene in scenes
        )
        assert len(results(outcomes)) == 27
        await counts_agree(stores)


async def test_what_is_under_way_when_counting_begins_is_counted(postgres: str) -> None:
    """Whoever begins waits for who has reserved and not committed, and counts that as well."""
    async with PostgresStores(postgres) as stores, Scene.on(stores) as scene:
        it = await scene.propose(await scene.customer())
        columns = "contact_seq, participant_seq, participant_id, name, content_type, size, status"
        columns += ", held, staging_key, url_expires_at, abandoned_at"
        holder = await asyncpg.connect(stores.url)
        try:
            await holder.execute("BEGIN")
            await holder.execute(
                f"INSERT INTO attachments (id, {columns}) SELECT 'another', {columns}"
                f" FROM attachments WHERE id = '{it.id}'"
            )
            counting = asyncio.create_task(scene.store.count_instances(now=scene.now))
            await waiting(holder, 1)
            await holder.execute("COMMIT")
        finally:
            await holder.close()
        await counting
        async with stores.database() as database:
            assert await database.read("SELECT files FROM instance_usage") == [(2,)]


@pytest.mark.parametrize("seed", range(2))
async def test_nodes_at_work_on_the_same_chats_never_deadlock(
    postgres: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand calls of every kind over four contacts: none is undone, and every count is right.

    Also where the database counts what the two instances hold.
    """
    monkeypatch.setattr(driver, "_TRIES", 1)
    dice = random.Random(seed)
    async with PostgresStores(postgres) as stores, nodes(stores) as scenes:
        customers = [
            await scenes[0].customer(instance_id=f"instance-{number % 2}") for number in range(4)
        ]
        if seed:
            await scenes[0].store.count_instances(now=scenes[0].now)
        people = list(customers)
        for customer in customers:
            people += [
                await scenes[0].join(customer.contact_id, instance_id=customer.instance_id)
                for _ in range(2)
            ]
        for _ in range(25):
            calls = [anything(dice, dice.choice(scenes), dice.choice(people)) for _ in range(40)]
            for outcome in await at_once(calls):
                assert not isinstance(outcome, BaseException) or isinstance(outcome, ServiceError)
        for customer in customers:
            items = await scenes[0].items(customer.contact_id)
            assert [item.ordinal for item in items] == list(range(1, len(items) + 1))
            assert all(earlier.at < later.at for earlier, later in pairwise(items))
        await counts_agree(stores)


async def anything(dice: random.Random, scene: Scene, caller: Caller) -> object:
    """Make one call of the participant's."""

    async def complete() -> object:
        it = await scene.propose(caller, client_token=dice.choice([None, ONCE]))
        claim = scene.attempt(it, ONCE)
        if (await scene.claim(caller, claim)).granted:
            return await scene.approve(caller, claim)
        return None

    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: scene.propose(caller),
        lambda: scene.propose(caller, client_token=dice.choice("abc")),
        complete,
        lambda: scene.say(caller),
        lambda: scene.say(caller, client_token=dice.choice("abc")),
        lambda: scene.arrive(caller),
    ]
    return await dice.choice(calls)()


async def waiting(connection: asyncpg.Connection, count: int) -> None:
    """Return once so many wait for a row."""
    for _ in range(5000):
        found = await connection.fetchval(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype <> 'advisory'"
        )
        if found >= count:
            return
    raise AssertionError(count)


async def counts_agree(stores: PostgresStores) -> None:
    """Hold each contact's count of attachments to their rows, and each instance's if it is counted."""
    async with stores.database() as database:
        wrong = await database.read("""
            SELECT seq, attachments_held FROM contacts c
            WHERE attachments_held <>
                (SELECT count(*) FROM attachments WHERE contact_seq = c.seq AND held = 1)
        """)
        assert wrong == []
        wrong = await database.read("""
            SELECT instance_id, files, bytes,
                   sum(held), sum(CASE WHEN review = 'rejected' THEN 0 ELSE held * size END)
            FROM instance_usage
            JOIN contacts c USING (instance_id)
            JOIN attachments a ON a.contact_seq = c.seq
            GROUP BY instance_id, files, bytes
            HAVING files <> sum(held)
                OR bytes <> sum(CASE WHEN review = 'rejected' THEN 0 ELSE held * size END)
        """)
    assert wrong == []
