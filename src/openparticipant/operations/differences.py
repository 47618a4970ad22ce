"""What rows and objects can differ in, and one row or one object looked at for it."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from openparticipant.domain.attachment import STAGED_BELOW, Attachment, locate
from openparticipant.errors import Damaged
from openparticipant.limits import CLOCK_TOLERANCE, COMPLETION_LEASE, MINUTE
from openparticipant.ports import (
    Inventory,
    InventoryEntry,
    ListedObject,
    ObjectShelf,
    StoredObject,
)

IN_FLIGHT = COMPLETION_LEASE + MINUTE + CLOCK_TOLERANCE
"""For how many milliseconds an object may be there that no row speaks of.

The attempt to complete that made it lost its lease of 30 s, whoever undoes that has one of a minute,
and clocks may come apart.
"""
UPLOAD_IN_FLIGHT = 30 * MINUTE
"""How long ago an upload under way was written to at the latest: 1 MiB at 1 KiB/s takes 17 minutes."""


class Kind(enum.StrEnum):
    """The ways in which rows and objects differ."""

    MISSING = "missing"
    SIZE = "size"
    TYPE = "type"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"
    LEFT_STAGED = "left-staged"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Difference:
    """One of them. `place` is the object's name in its store; ids are None where no row is meant."""

    kind: Kind
    place: str
    detail: str
    contact_id: str | None = None
    attachment_id: str | None = None


_Found = tuple[Kind, str] | None


class Examiner:
    """Looks at a row and its object, or at an object and its row, as they are now.

    `hash_of` reads an object for its digest by the named algorithm; None where it is not there. With
    no such function the bytes are not read.
    """

    def __init__(
        self,
        rows: Inventory,
        objects: ObjectShelf,
        hash_of: Callable[[str, str], Awaitable[str | None]] | None,
    ) -> None:
        self._rows = rows
        self._objects = objects
        self._hash_of = hash_of
        self.unproven = 0
        """Objects of which the store keeps no hash."""

    async def row(self, entry: InventoryEntry, now: int) -> Difference | None:
        """Return what is wrong with the object of a row, as far as the row says that it is there."""
        it = entry.attachment
        if not it.status.is_completed:
            # Whether it has been uploaded yet is up to its uploader.
            return await self._examined(entry, it.staging_key, self._staged)
        if not entry.needs_object(now):
            return None
        return await self._examined(entry, it.final_key or "", self._kept)

    async def _examined(
        self, entry: InventoryEntry, key: str, look: Callable[[Attachment, str], Awaitable[_Found]]
    ) -> Difference | None:
        it = entry.attachment
        try:
            found = await look(it, key)
        except Damaged as error:
            found = Kind.DAMAGED, str(error)
        return None if found is None else Difference(found[0], key, found[1], it.contact_id, it.id)

    async def _kept(self, it: Attachment, key: str) -> _Found:
        seen = await self._objects.look(key) if key else None
        if seen is None:
            return Kind.MISSING, "there is no object"
        if seen.size != it.size:
            return Kind.SIZE, f"the object has {seen.size} bytes, the row says {it.size}"
        if seen.content_type.lower() != it.content_type.lower():
            return Kind.TYPE, f"the object is {seen.content_type}, the row says {it.content_type}"
        return await self._bytes(seen)

    async def _staged(self, _: Attachment, key: str) -> _Found:
        seen = await self._objects.look(key)
        return None if seen is None else await self._bytes(seen)

    async def _bytes(self, seen: StoredObject) -> _Found:
        if self._hash_of is None:
            return None
        if seen.digest is None:
            self.unproven += 1
            return None
        algorithm, _, stored = seen.digest.partition(":")
        found = await self._hash_of(seen.key, algorithm)
        if found == stored:
            return None
        if found is None:
            return Kind.MISSING, "the object went away"
        return Kind.DAMAGED, f"its bytes have {algorithm} {found}, stored with them was {stored}"

    async def listed(self, listed: ListedObject, now: int) -> Difference | None:
        """Return what is wrong with an object being there."""
        age = now - listed.changed_at
        if listed.is_upload:
            said = "nobody goes on with this upload"
            is_wrong = age >= UPLOAD_IN_FLIGHT
            return Difference(Kind.UNFINISHED, listed.place, said) if is_wrong else None
        named = locate(listed.key) if listed.key else None
        if age < IN_FLIGHT or (named and await self._is_known(listed.key or "", *named)):
            return None
        kind, said, may_stay = Kind.UNKNOWN, "no row speaks of this object", 0
        if STAGED_BELOW in (listed.key or ""):
            kind, said = Kind.LEFT_STAGED, "nobody waits for these bytes"
            may_stay = self._objects.leaves_staged
        if age < may_stay:
            return None
        return Difference(kind, listed.place, said, *named or ())

    async def _is_known(self, key: str, contact_id: str, attachment_id: str) -> bool:
        entry = await self._rows.find(contact_id, attachment_id)
        return entry is not None and entry.knows(key)

    async def is_still_there(self, listed: ListedObject) -> bool:
        """Tell whether something that was listed is there now, as far as it has a key."""
        if listed.key is None:
            return True
        try:
            return await self._objects.look(listed.key) is not None
        except Damaged:
            return True


def hasher(algorithm: str) -> hashlib._Hash:
    """Return an empty hash of an algorithm that stores keep."""
    return hashlib.new(algorithm, usedforsecurity=False)
