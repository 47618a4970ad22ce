"""Rows, objects and hashes compared in both directions, while others go on with theirs.

Nothing is held meanwhile. So what looks wrong is looked at again after a while, with the row as it
is by then, and only what is still wrong is told: a purge, a deadline or a verdict takes a moment
between the object and its row.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from openparticipant.limits import SECOND
from openparticipant.operations.differences import Difference, Examiner, hasher
from openparticipant.ports import (
    BEGINNING,
    Clock,
    Inventory,
    InventoryEntry,
    ListedObject,
    ObjectShelf,
)

_PAGE = 200
_AT_ONCE = 8  # calls of a store that is far away
_SUSPECTS = 1000  # looked at again together
_PAUSES = (SECOND // 2, 4 * SECOND)


class Verification:
    """One comparison; `rate` is how many bytes a second are read at most, 0 reads none."""

    def __init__(self, rows: Inventory, objects: ObjectShelf, clock: Clock, *, rate: int) -> None:
        self._rows = rows
        self._objects = objects
        self._clock = clock
        self._rate = rate
        self._examiner = Examiner(rows, objects, self._hash_of if rate else None)
        self._began = 0
        self.rows = self.objects = self.bytes = 0
        """What has been looked at."""

    @property
    def unproven(self) -> int:
        """Of how many objects the store keeps no hash, so that their bytes were not compared."""
        return self._examiner.unproven

    async def differences(self) -> AsyncIterator[Difference]:
        """Give what differs, as it is found. Raises Unavailable where it cannot be told."""
        self._began = self._clock.now()
        suspects: list[InventoryEntry | ListedObject] = []
        async for batch in self._everything():
            found = await asyncio.gather(*map(self._first_look, batch))
            suspects += [it for it, difference in zip(batch, found, strict=True) if difference]
            if len(suspects) >= _SUSPECTS:
                for difference in await self._confirmed(suspects):
                    yield difference
                suspects = []
        for difference in await self._confirmed(suspects):
            yield difference

    async def _everything(self) -> AsyncIterator[list[InventoryEntry | ListedObject]]:
        place = BEGINNING
        while page := await self._rows.page(place, limit=_PAGE):
            self.rows += len(page)
            for start in range(0, len(page), _AT_ONCE):
                yield list(page[start : start + _AT_ONCE])
            place = page[-1].place
        batch: list[InventoryEntry | ListedObject] = []
        async for listed in self._objects.listing():
            self.objects += 1
            batch.append(listed)
            if len(batch) == _AT_ONCE:
                yield batch
                batch = []
        yield batch

    async def _first_look(self, it: InventoryEntry | ListedObject) -> Difference | None:
        now = self._clock.now()
        if isinstance(it, ListedObject):
            return await self._examiner.listed(it, now)
        return await self._examiner.row(it, now)

    async def _confirmed(self, suspects: list[InventoryEntry | ListedObject]) -> list[Difference]:
        """Return what is wrong each time that it is looked at."""
        found: list[Difference] = []
        for pause in _PAUSES:
            if not suspects:
                return []
            await self._clock.sleep(pause)
            wrong = []
            found = []
            for it in suspects:
                difference = await self._look_again(it)
                if difference:
                    wrong.append(it)
                    found.append(difference)
            suspects = wrong
        return found

    async def _look_again(self, it: InventoryEntry | ListedObject) -> Difference | None:
        now = self._clock.now()
        if isinstance(it, ListedObject):
            if not await self._examiner.is_still_there(it):
                return None
            return await self._examiner.listed(it, now)
        row = await self._rows.find(it.attachment.contact_id, it.attachment.id)
        return None if row is None else await self._examiner.row(row, now)

    async def _hash_of(self, key: str, algorithm: str) -> str | None:
        digest = hasher(algorithm)
        async with self._objects.read(key) as pieces:
            if pieces is None:
                return None
            async for piece in pieces:
                digest.update(piece)
                self.bytes += len(piece)
                ahead = self.bytes * SECOND // self._rate - (self._clock.now() - self._began)
                if ahead > 0:
                    await self._clock.sleep(ahead)
        return digest.hexdigest()
