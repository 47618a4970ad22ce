"""Where bytes rest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Invitation:
    """Permission for one PUT: its URL, when that ends, and the headers it must carry."""

    url: str
    expires_at: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """Permission to fetch one object: its URL and when that ends."""

    url: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as seen at one moment; `version` tells it from a later one under the same key.

    `digest` is what the store wrote down of the bytes when they came, such as `sha256:` and the
    hexadecimal digits; None where it keeps nothing that could be compared.
    """

    key: str
    size: int
    content_type: str
    version: str
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class ListedObject:
    """Something that lies in the store: `place` is its name there.

    `key` is None where no key of ours names it, as with an upload under way. `changed_at` is in
    epoch milliseconds by the store's clock.
    """

    place: str
    key: str | None
    changed_at: int
    is_upload: bool = False


class ObjectShelf(Protocol):
    """What may be looked at where attachment bytes rest, also by who is no server.

    Keys are ours: relative, of printable ASCII, never escaping the store. What is damaged, as far as
    that can be told, raises Damaged.
    """

    @property
    def leaves_staged(self) -> int:
        """For how many milliseconds bytes may lie staged that nobody waits for any more."""
        ...

    async def look(self, key: str) -> StoredObject | None:
        """Return what lies under `key` now."""
        ...

    def read(self, key: str) -> AbstractAsyncContextManager[AsyncIterator[bytes] | None]:
        """Hold what lies under `key` now open, and give its bytes piece by piece; None: nothing.

        The iterator ends after the last byte of the whole object as it was when it was opened, or
        raises Unavailable, so a part is never taken for the whole. Pieces have at least one byte
        and fit in memory many times over; who leaves early need not read the rest.
        """
        ...

    def listing(self) -> AsyncIterator[ListedObject]:
        """Give everything that lies there, final, staged or unfinished, in no order.

        What was there all the time is given once; what comes or goes meanwhile may be or not. Raises
        Unavailable.
        """
        ...


class ObjectStore(ObjectShelf, Protocol):
    """Where attachment bytes rest. A half-written object is never seen by anyone."""

    async def invite(
        self, key: str, headers: Mapping[str, str], *, at: int, lasting: int
    ) -> Invitation:
        """Sign one PUT to `key` that must carry `headers` exactly; `lasting` is whole seconds."""
        ...

    async def offer(self, key: str, *, at: int, lasting: int) -> Offer:
        """Sign a GET of `key` for `lasting` seconds."""
        ...

    def s3_location(self, key: str) -> tuple[str, str]:
        """Return the bucket and the key there, by which others know an object."""
        ...

    def key_at(self, path: str) -> str | None:
        """Return our key where a URL of ours has this path, decoded; None where it has none."""
        ...

    async def keep(self, seen: StoredObject, target: str) -> bool:
        """Copy exactly the object that was seen to `target`, durably.

        False means that it has been replaced or removed meanwhile; then nothing lies at `target`.
        """
        ...

    async def discard(self, key: str) -> None:
        """Forget an object; discarding what is not there is not an error."""
        ...
