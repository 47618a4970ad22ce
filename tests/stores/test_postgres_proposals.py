"""Proposals that share a statement come out as the same ones do on SQLite, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import asyncpg
from hypothesis import given, settings
from hypothesis import strategies as st

from openparticipant.domain.connection import Caller
from openparticipant.domain.quota import Quota
from openparticipant.ports import ContactStore
from openparticipant.request_context import SERVER
from openparticipant.stores import postgres_proposals
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.postgres_proposals import Asked, reserve
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.system import RandomIds
from openparticipant.testing.store_contract.scene import LIMIT, Scene, at_once
from tests.contracts.postgres_stores import PostgresStores

# Who proposes: a customer, an agent of the same chat, one who has left it, and the customer of
# another chat, and of one that has ended.
PEOPLE = 5
CALLS = st.tuples(
    st.integers(0, PEOPLE - 1), st.sampled_from([None, None, "t", "u"]), st.sampled_from("xy")
)
BATCHES = st.lists(st.lists(CALLS, min_size=1, max_size=12), min_size=1, max_size=3)
Call = tuple[int, str | None, str]


async def cast(scene: Scene) -> list[Caller]:
    """Bring on everybody."""
    customer, stranger, ended = [await scene.customer() for _ in range(3)]
    agent, gone = [await scene.join(customer.contact_id) for _ in range(2)]
    await scene.store.disconnect(gone, scene.ids.uuid(), now=scene.now)
    await scene.stop(ended)
    return [customer, agent, gone, stranger, ended]


async def played(scene: Scene, people: list[Caller], batch: list[Call], limit: int) -> list[str]:
    """Make calls at once; return what each of them was told."""
    heard = await at_once(
        scene.propose(people[who], client_token=token, name=name, limit=limit)
        for who, token, name in batch
    )
    return [type(it).__name__ for it in heard]


async def test_a_batch_comes_out_as_its_calls_one_by_one(postgres: str, tmp_path: Path) -> None:
    """Reserved, repeated, refused for the quota, the token or the end: there is an order for it."""

    @asynccontextmanager
    async def open_sqlite() -> AsyncIterator[ContactStore]:
        with closing(SqliteDatabase(tmp_path / "database")) as database:
            yield SqlContactStore(database, RandomIds())

    async with (
        PostgresStores(postgres) as stores,
        Scene.on(stores) as one,
        Scene.on(open_sqlite) as other,
    ):
        loop = asyncio.get_running_loop()

        async def compare(batches: list[list[Call]], limit: int) -> None:
            ours, theirs = await cast(one), await cast(other)
            for batch in batches:
                told = await played(one, ours, batch, limit)
                # Who was first is theirs to settle who came at once; the rest follows from it.
                order = sorted(range(len(batch)), key=lambda place: told[place] != "Attachment")
                for place in order:
                    assert await played(other, theirs, [batch[place]], limit) == [told[place]]

        @settings(deadline=None, max_examples=60)
        @given(BATCHES, st.integers(1, 6))
        def held(batches: list[list[Call]], limit: int) -> None:
            asyncio.run_coroutine_threadsafe(compare(batches, limit), loop).result()

        await asyncio.to_thread(held)


async def test_one_at_fault_takes_nobody_with_it(postgres: str) -> None:
    """What the server cannot take fails alone, and its neighbours are reserved."""
    async with PostgresStores(postgres) as stores, Scene.on(stores) as scene:
        caller = await scene.customer()
        heard = await at_once(
            scene.propose(caller, name=name) for name in ("a", "b", "not a \0 text", "c")
        )
        assert [type(it).__name__ for it in heard] == [
            *("Attachment", "Attachment"),
            asyncpg.CharacterNotInRepertoireError.__name__,
            "Attachment",
        ]


async def test_what_is_usual_needs_one_statement(postgres: str) -> None:
    """All of a batch are reserved at once, also up to the last place, and a repeat is left alone."""
    async with (
        PostgresStores(postgres) as stores,
        Scene.on(stores) as scene,
        stores.database() as database,
    ):
        callers = [await scene.customer() for _ in range(3)]
        asked = [
            Asked(
                caller,
                scene.proposal(caller, client_token=f"{number}"),
                Quota(LIMIT),
                scene.now,
                SERVER,
            )
            for number in range(LIMIT)
            for caller in callers
        ]
        assert await reserve(database, asked) == [True] * len(asked)
        assert await reserve(database, asked[:2]) == [False, False]
        one_more = Asked(callers[0], scene.proposal(callers[0]), Quota(LIMIT), scene.now, SERVER)
        assert await reserve(database, [one_more]) == [False]
        assert await database.write(lambda: postgres_proposals.alone(asked[0])) == (
            asked[0].new.attachment
        )
