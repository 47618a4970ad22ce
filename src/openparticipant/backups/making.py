"""A back-up of a server that may go on meanwhile: the rows of one moment, then their objects.

Completed objects never change, so those that the copied rows speak of are the same a while later, or
they have been removed. They are linked where the back-up lies on the same file system.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import openparticipant
from openparticipant.backups import layout
from openparticipant.backups.files import copy, hash_of, link_or_copy, settle
from openparticipant.backups.manifest import FORMAT, Absent, File, Head, ManifestWriter
from openparticipant.errors import Damaged
from openparticipant.objects.durability import sync
from openparticipant.objects.trailer import read_trailer
from openparticipant.ports import BEGINNING, InventoryEntry
from openparticipant.stores.inventory import SqlInventory
from openparticipant.stores.sqlite_reader import SqliteReader

_PAGE = 500


class BackupError(Exception):
    """A back-up cannot be made or used; the text is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Source:
    """A server's directories, and its database, open for reading."""

    data_dir: Path
    objects: Path
    rows: SqliteReader


class Maker:
    """Makes one back-up; `complaints` are lines about what is in it and should be otherwise."""

    def __init__(self, source: Source, target: Path) -> None:
        self._source = source
        self._target = target
        self._live = SqlInventory(source.rows)
        self.files = self.bytes = self.removed = 0
        self.complaints: list[str] = []

    async def make(self, now: int) -> None:
        """Fill a new directory; whatever fails leaves none. Raises BackupError, Unavailable, OSError."""
        target = self._target.resolve()
        for inside in (self._source.data_dir, self._source.objects):
            if target.is_relative_to(inside.resolve()):
                raise BackupError(f"{target} lies in {inside}, which is to be backed up")
        try:
            target.mkdir(mode=0o700)
        except FileExistsError:
            raise BackupError(f"{target} is there already; name a directory that is not") from None
        try:
            await self._fill(target, now)
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise

    async def _fill(self, target: Path, now: int) -> None:
        database = target / layout.DATABASE
        self._source.rows.copy(database)
        _sync(database)
        with closing(SqliteReader(database)) as rows:
            head = Head(
                format=FORMAT,
                release=openparticipant.__version__,
                schema=rows.version,
                made_at=now,
            )
            with ManifestWriter(target, head) as manifest:
                manifest.add(self._described(layout.DATABASE, hash_of(database)[0]))
                async for entry in _all(rows):
                    line = await self._object(entry, now)
                    if line is not None:
                        manifest.add(line)
                for name, path in self._secrets():
                    manifest.add(self._described(name, copy(path, target / name)))
                settle(target)
                manifest.finish()

    async def _object(self, entry: InventoryEntry, now: int) -> File | Absent | None:
        it = entry.attachment
        key = it.final_key if entry.needs_object(now) else it.staging_key
        if key is None or not entry.knows(key):
            return None
        path = f"{layout.OBJECTS}/{key}"
        try:
            link_or_copy(self._source.objects / key, self._target / path)
        except (FileNotFoundError, NotADirectoryError):
            return await self._missing(entry, key, now)
        return self._described(path, self._object_hash(path))

    async def _missing(self, entry: InventoryEntry, key: str, now: int) -> Absent | None:
        it = entry.attachment
        if key == it.staging_key:
            return None  # not uploaded yet, or completed since
        live = await self._live.find(it.contact_id, it.id)
        is_gone = live is None or not live.needs_object(now) or live.attachment.final_key != key
        if is_gone:
            self.removed += 1
        else:
            self.complaints.append(f"missing: {key}: there is no object")
        return Absent(path=key, reason="removed meanwhile" if is_gone else "missing")

    def _object_hash(self, path: str) -> str:
        """Read an object and compare it with what was stored with it; as it is, it is backed up."""
        place = self._target / path
        try:
            with place.open("rb") as file:
                trailer = read_trailer(file.fileno())
        except Damaged as error:
            self.complaints.append(f"damaged: {path}: {error}")
            return hash_of(place)[0]
        digest, of_bytes = hash_of(place, trailer.size)
        if of_bytes != trailer.sha256:
            self.complaints.append(
                f"damaged: {path}: its bytes have sha256 {of_bytes}, stored with them was "
                f"{trailer.sha256}"
            )
        return digest

    def _secrets(self) -> Iterator[tuple[str, Path]]:
        here = self._source.data_dir
        found = [here / layout.NODE_ID, *sorted((here / layout.TLS).glob("*"))]
        for path in found:
            name = path.relative_to(here).as_posix()
            if path.is_file() and layout.is_known(name):
                yield name, path

    def _described(self, name: str, sha256: str) -> File:
        size = (self._target / name).stat().st_size
        self.files += 1
        self.bytes += size
        return File(path=name, size=size, sha256=sha256)


async def _all(rows: SqliteReader) -> AsyncIterator[InventoryEntry]:
    inventory, place = SqlInventory(rows), BEGINNING
    while page := await inventory.page(place, limit=_PAGE):
        for entry in page:
            yield entry
        place = page[-1].place


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)
