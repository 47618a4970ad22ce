"""The rows of all attachments, read page by page from either database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from openparticipant.domain.attachment import Status
from openparticipant.ports import BEGINNING, ContactStore
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.inventory import SqlInventory
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.stores.sqlite_reader import SqliteReader
from openparticipant.stores.write import Readable
from openparticipant.system import RandomIds
from openparticipant.testing.store_contract.scene import OpenStore, Scene
from tests.contracts.postgres_stores import PostgresStores


def once(store: ContactStore) -> OpenStore:
    """Return what opens a store that is open already."""

    @asynccontextmanager
    async def open_store() -> AsyncIterator[ContactStore]:
        yield store

    return open_store


async def entries_come_in_order_and_once(scene: Scene, rows: Readable) -> None:
    """Write attachments in every state, and read them by pages of every size."""
    inventory = SqlInventory(rows)
    assert await inventory.page(BEGINNING, limit=5) == []
    for _ in range(3):
        caller = await scene.customer()
        for _ in range(3):
            await scene.propose(caller)
    everything = await inventory.page(BEGINNING, limit=100)

    assert len({it.attachment.id for it in everything}) == 9
    assert {it.attachment.status for it in everything} == {Status.PENDING}
    assert {(it.over_at > scene.now, it.is_settled) for it in everything} == {(True, False)}
    for limit in (1, 2, 4, 9):
        read, place = [], BEGINNING
        while page := await inventory.page(place, limit=limit):
            assert len(page) <= limit
            read += page
            place = page[-1].place
        assert read == everything
    for it in everything:
        found = await inventory.find(it.attachment.contact_id, it.attachment.id)
        assert found == it
        assert await inventory.find(it.attachment.contact_id, "another") is None
        assert await inventory.find("another", it.attachment.id) is None


async def test_sqlite(tmp_path: Path) -> None:
    """A second reader of the file sees what the server has committed."""
    database = SqliteDatabase(tmp_path / "database")
    reader = SqliteReader(tmp_path / "database")
    try:
        async with Scene.on(once(SqlContactStore(database, RandomIds()))) as scene:
            await entries_come_in_order_and_once(scene, reader)
    finally:
        reader.close()
        database.close()


async def test_postgres(postgres: str) -> None:
    """So it is with PostgreSQL."""
    async with (
        PostgresStores(postgres) as stores,
        stores.database() as database,
        Scene.on(stores) as scene,
    ):
        await entries_come_in_order_and_once(scene, database)
