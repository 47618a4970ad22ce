from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

from openparticipant.errors import Unavailable
from openparticipant.objects.durability import or_unavailable
from openparticipant.objects.keys import path_of
from openparticipant.objects.opened import OpenedObject
from openparticipant.objects.ownership import OWNER
from openparticipant.objects.trailer import Trailer, read_trailer
from openparticipant.objects.workers import Workers
from openparticipant.ports import ListedObject, StoredObject

INCOMING = ".incoming"
_AT_ONCE = 500


class Shelf:
    """`ObjectShelf` on a directory of objects: what lies there, for reading alone.

    Any process may read, whoever writes meanwhile, since every object comes and goes whole.
    """

    leaves_staged = 0

    def __init__(self, root: Path, workers: Workers) -> None:
        self._root = root
        self._workers = workers

    async def open(self, key: str) -> OpenedObject | None:
        """Open what lies under `key` now, for reading; raise Damaged or Unavailable."""
        path = path_of(self._root, key)
        if path is None:
            return None
        found = await self._workers.run(lambda: _open(path))
        return None if found is None else OpenedObject(*found, self._workers)

    async def look(self, key: str) -> StoredObject | None:
        """Return what lies under `key` now."""
        opened = await self.open(key)
        if opened is None:
            return None
        with opened:
            it = opened.trailer
            digest = f"sha256:{it.sha256}"
            return StoredObject(key, it.size, it.content_type, it.version, digest)

    @asynccontextmanager
    async def read(self, key: str) -> AsyncIterator[AsyncIterator[bytes] | None]:
        """Hold what lies under `key` now open, and give its bytes piece by piece; None: nothing.

        It stays whole and the same, whatever happens to its key meanwhile.
        """
        opened = await self.open(key)
        if opened is None:
            yield None
            return
        with opened:
            yield opened.pieces()

    async def listing(self) -> AsyncIterator[ListedObject]:
        """Give everything that lies there; see `ObjectShelf.listing`."""
        walk = _walk(self._root)
        while found := await self._workers.run(lambda: _next(walk)):
            for each in found:
                yield each


def _open(path: Path) -> tuple[int, Trailer] | None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unavailable(f"cannot open an object: {error.strerror}") from error
    try:
        return descriptor, read_trailer(descriptor)
    except IsADirectoryError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise


def _next(walk: Iterator[ListedObject]) -> list[ListedObject]:
    with or_unavailable("list objects"):
        return list(islice(walk, _AT_ONCE))


def _walk(root: Path) -> Iterator[ListedObject]:
    for directory, _, names in os.walk(root, onerror=_unless_gone):
        for name in names:
            path = Path(directory, name)
            place = path.relative_to(root).as_posix()
            if place == OWNER:
                continue
            try:
                # Of its inode, so that a second name counts, which leaves the bytes' own time alone.
                changed_at = path.lstat().st_ctime_ns // 1_000_000
            except FileNotFoundError:
                continue
            key = place if path_of(root, place) is not None else None
            yield ListedObject(place, key, changed_at, is_upload=place.startswith(f"{INCOMING}/"))


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
