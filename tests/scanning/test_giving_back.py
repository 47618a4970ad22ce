"""A node that ends gives its scans back, so that no other waits for the leases to lapse."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from openparticipant.domain.review import Hold, Verdict
from openparticipant.limits import DAY
from openparticipant.operations.review import Reviewer
from openparticipant.ports import CompletedFile, DueScan, Ports, Scanning
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.store_contract.scene import Scene

_PATIENCE = 20  # seconds; a busy machine


class Ponderer:
    """A scanner that never comes to a verdict."""

    name = "ponderer"
    largest = None
    within = 60.0
    trouble = None
    is_away = False

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def scan(self, file: CompletedFile) -> Verdict:
        """See `Scanner`."""
        del file
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


class SlowStore:
    """The real store, which has leased scans a while before it says so, or fails to say so."""

    fault: Exception | None = None

    def __init__(self, store: SqlContactStore) -> None:
        self._store = store
        self.leased = asyncio.Event()
        self.may_say_so = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        """Return what is as quick as ever."""
        return getattr(self._store, name)

    async def due_scans(self, **asked: Any) -> list[DueScan]:
        """See `ContactStore`."""
        taken = await self._store.due_scans(**asked)
        self.leased.set()
        await self.may_say_so.wait()
        if self.fault is not None:
            raise self.fault
        return taken


class House:
    """One file that waits for a verdict, and the node that is to see to it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.store = SlowStore(scene.store)  # type: ignore[arg-type]
        self.scanner = Ponderer()
        store: Any = self.store
        nothing: Any = None
        scanning = Scanning([self.scanner], Hold(millis=DAY))
        ports = Ports(
            SettableClock(scene.now),
            scene.ids,
            store,
            nothing,
            nothing,
            nothing,
            scanning,
            nothing,
            nothing,
        )
        self.watch = asyncio.create_task(Reviewer(ports).watch())

    async def is_free(self) -> bool:
        """Tell whether the file may be taken by another node now."""
        return [due.tries for due in await self.scene.scans()] == [0]


@asynccontextmanager
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Hand over a file in a real store."""
    with closing(SqliteDatabase(tmp_path / "database")) as database:
        scene = Scene(lambda: None)  # type: ignore[arg-type, return-value]
        scene.store = SqlContactStore(database, scene.ids)
        await scene.handed_over(await scene.customer())
        here = House(scene)
        async with asyncio.timeout(_PATIENCE):
            yield here
            with contextlib.suppress(asyncio.CancelledError):
                await here.watch


async def test_what_is_being_scanned_is_given_back(tmp_path: Path) -> None:
    """As untried as it was: nobody has judged it."""
    async with house(tmp_path) as here:
        here.store.may_say_so.set()
        await here.scanner.asked.wait()
        assert not await here.is_free()
        here.watch.cancel()
        await asyncio.wait([here.watch])
        assert await here.is_free()


async def test_what_is_being_leased_is_given_back(tmp_path: Path) -> None:
    """Even if the node ends after the store has leased it, and before it has heard so."""
    async with house(tmp_path) as here:
        await here.store.leased.wait()
        here.watch.cancel()
        await asyncio.sleep(0)
        here.store.may_say_so.set()
        await asyncio.wait([here.watch])
        assert await here.is_free()
        assert not here.scanner.asked.is_set()


async def test_a_fault_while_leasing_does_not_keep_the_node_from_ending(tmp_path: Path) -> None:
    """What fails at the end is not tried again."""
    async with house(tmp_path) as here:
        await here.store.leased.wait()
        here.watch.cancel()
        await asyncio.sleep(0)
        here.store.fault = LookupError("nobody thought of this")
        here.store.may_say_so.set()
        await asyncio.wait([here.watch])
        assert here.watch.cancelled()
