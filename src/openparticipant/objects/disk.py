from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from openparticipant.limits import MIB
from openparticipant.objects.credits import Credits
from openparticipant.objects.directories import Directories
from openparticipant.objects.durability import or_unavailable
from openparticipant.objects.incoming import Announced, IncomingFile
from openparticipant.objects.keeping import take
from openparticipant.objects.keys import path_of
from openparticipant.objects.opened import OpenedObject
from openparticipant.objects.room import Room
from openparticipant.objects.shelf import INCOMING, Shelf
from openparticipant.objects.upload import Upload
from openparticipant.objects.workers import Workers
from openparticipant.ports import IdSource, Invitation, ListedObject, Offer, StoredObject
from openparticipant.sigv4 import Credentials, presign

POOL = 16 * MIB
WORKERS = 8
PREFIX = "/attachments/"  # path style: the bucket is named `attachments`


class DiskObjects:
    """`ObjectStore` in files below one directory, which this process alone may use.

    It signs its own URLs, with what `credentials` returns at that time, for `base`, the origin that clients reach; whoever answers there hands
    the bytes to `receive` and takes them from `open`, and if `proves_reads` only after `prove`.
    """

    leaves_staged = Shelf.leaves_staged

    def __init__(
        self,
        root: Path,
        *,
        base: str,
        region: str,
        credentials: Callable[[], Credentials],
        ids: IdSource,
        workers: int = WORKERS,
        proves_reads: bool = False,
    ) -> None:
        self._root = root
        self._base = base
        self._region = region
        self._credentials = credentials
        self._ids = ids
        self._incoming = root / INCOMING
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        root.chmod(0o700)
        self._directories = Directories(root)
        self._room = Room(self._incoming)
        self._workers = Workers(workers)
        self._shelf = Shelf(root, self._workers)
        self.pool = Credits(POOL)
        self.proves_reads = proves_reads

    @property
    def trouble(self) -> str | None:
        """What is wrong with the disk: it is not there, does not answer, or has hardly any room."""
        return self._room.trouble

    def close(self) -> None:
        """Wait for what the threads still do and end them."""
        self._workers.close()

    async def invite(
        self, key: str, headers: Mapping[str, str], *, at: int, lasting: int
    ) -> Invitation:
        """Sign one PUT to `key` that must carry `headers` exactly; `lasting` is whole seconds."""
        url = presign(
            self._credentials(),
            "PUT",
            self._base,
            PREFIX + key,
            region=self._region,
            at=at,
            lasting=lasting,
            headers=headers,
        )
        # A signature counts from its whole second.
        return Invitation(url, at - at % 1000 + lasting * 1000, headers)

    async def offer(self, key: str, *, at: int, lasting: int) -> Offer:
        """Sign a GET of `key` for `lasting` seconds."""
        url = presign(
            self._credentials(),
            "GET",
            self._base,
            PREFIX + key,
            region=self._region,
            at=at,
            lasting=lasting,
        )
        return Offer(url, at - at % 1000 + lasting * 1000)

    def s3_location(self, key: str) -> tuple[str, str]:
        """Return the bucket and the key that URLs name."""
        return PREFIX.strip("/"), key

    def key_at(self, path: str) -> str | None:
        """Return the key that a URL of this path names."""
        return path.removeprefix(PREFIX) if path.startswith(PREFIX) else None

    async def look(self, key: str) -> StoredObject | None:
        """Return what lies under `key` now."""
        return await self._shelf.look(key)

    def read(self, key: str) -> AbstractAsyncContextManager[AsyncIterator[bytes] | None]:
        """Hold what lies under `key` now open, and give its bytes piece by piece; None: nothing."""
        return self._shelf.read(key)

    def listing(self) -> AsyncIterator[ListedObject]:
        """Give everything that lies there; see `ObjectShelf.listing`."""
        return self._shelf.listing()

    async def keep(self, seen: StoredObject, target: str) -> bool:
        """Give exactly the object that was seen a second name, durably, or return False.

        What lies at `target` already is replaced.
        """
        source, place = path_of(self._root, seen.key), path_of(self._root, target)
        if source is None or place is None:
            raise ValueError("no object can have this key")
        temporary = self._temporary()

        def work() -> bool:
            with or_unavailable("keep an object"):
                try:
                    if not take(source, seen.version, temporary):
                        return False
                    self._directories.publish(temporary, place)
                finally:
                    # Still there after a failure, and after a rename onto the very same file.
                    temporary.unlink(missing_ok=True)
                return True

        return await self._workers.run(work)

    async def discard(self, key: str) -> None:
        """Forget an object; a loss of power may bring it back, and then recovery finds it."""
        path = path_of(self._root, key)
        if path is None:
            return

        def work() -> None:
            with or_unavailable("discard an object"):
                self._directories.remove(path)

        await self._workers.run(work)

    def receive(self, announced: Announced) -> Upload:
        """Begin an upload; nothing is touched before its first batch."""
        path = path_of(self._root, announced.key)
        if path is None:
            raise ValueError("no object can have this key")
        return Upload(
            IncomingFile(self._temporary(), announced),
            announced.size,
            publish=lambda temporary: self._directories.publish(temporary, path),
            workers=self._workers,
            pool=self.pool,
        )

    async def open(self, key: str) -> OpenedObject | None:
        """Open what lies under `key` now, for reading; raise Damaged or Unavailable."""
        return await self._shelf.open(key)

    async def recover(self, wanted: Callable[[str], Awaitable[bool]]) -> int:
        """Clear up after a crash: uploads that never ended, staged objects that no row wants.

        Call it before anything is served; returns how many staged objects were discarded.
        """
        keys = await self._workers.run(self._clear)
        discarded = 0
        for key in keys:
            if not await wanted(key):
                await self.discard(key)
                discarded += 1
        return discarded

    def _temporary(self) -> Path:
        return self._incoming / self._ids.uuid()

    def _clear(self) -> list[str]:
        with or_unavailable("recover objects"):
            for left in self._incoming.iterdir():
                left.unlink()
            staged = []
            for staging in self._root.glob("connect/*/Attachments/chat/staging"):
                for directory, below, files in os.walk(staging):
                    here = Path(directory)
                    staged += [(here / name).relative_to(self._root).as_posix() for name in files]
                    if not below and not files:
                        self._directories.prune(here)
            return staged
