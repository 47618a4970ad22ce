"""Objects at rest: kept, discarded, read and recovered."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from openparticipant.errors import Unavailable
from openparticipant.objects.keeping import copy
from tests.objects.stores import FINAL, KEY, STAGING, announced, files, put, read, store

BODY = b"bytes" * 1000


async def test_kept_objects_share_their_bytes(tmp_path: Path) -> None:
    """Keeping is a second name for the same file, whatever its size."""
    async with store(tmp_path) as objects:
        await put(objects, BODY)
        seen = await objects.look(KEY)
        assert seen is not None

        assert await objects.keep(seen, FINAL)
        assert await objects.keep(seen, FINAL)

        assert (tmp_path / KEY).stat().st_ino == (tmp_path / FINAL).stat().st_ino
        assert sorted(files(tmp_path)) == sorted([KEY, FINAL])


async def test_a_copy_keeps_as_well_as_a_link(tmp_path: Path) -> None:
    """Where a disk has no links the object seen is copied, and no other."""
    async with store(tmp_path) as objects:
        await put(objects, BODY)
        seen = await objects.look(KEY)
        assert seen is not None
        target = tmp_path / "copied"

        assert not copy(tmp_path / KEY, "another", target)
        assert not copy(tmp_path / "nothing", seen.version, target)
        assert not target.exists()
        assert copy(tmp_path / KEY, seen.version, target)

        assert await read(objects, "copied") == BODY
        copied = await objects.look("copied")
        assert copied is not None
        assert copied.version == seen.version


async def test_discarding_clears_empty_directories(tmp_path: Path) -> None:
    """Directories that no object needs any more go; those of others stay."""
    async with store(tmp_path) as objects:
        await put(objects, BODY)
        await put(objects, BODY, "connect/other/file")

        await objects.discard(KEY)
        await objects.discard("nothing/here")
        await objects.discard("connect/other/file/below")

        assert list(files(tmp_path)) == ["connect/other/file"]
        assert not (tmp_path / "connect/instance").exists()
        await objects.discard("connect/other/file")
        assert not (tmp_path / "connect").exists()


async def test_uploads_and_discards_at_once(tmp_path: Path) -> None:
    """Directories that come and go under many hands lose no upload."""
    async with store(tmp_path) as objects:

        async def come_and_go(number: int) -> None:
            for _ in range(20):
                await put(objects, BODY, f"a/b/c/{number}")
                await objects.discard(f"a/b/c/{number}")
            await put(objects, BODY, f"a/b/c/{number}")

        await asyncio.gather(*map(come_and_go, range(8)))

    assert sorted(files(tmp_path)) == [f"a/b/c/{number}" for number in range(8)]


async def test_recovery_clears_what_a_crash_left(tmp_path: Path) -> None:
    """Half uploads and staged objects without a row go; what a row wants and what is kept stay."""
    other = f"{STAGING}/unwanted_20260131T12:00_UTC.txt"
    async with store(tmp_path) as objects:
        await put(objects, BODY)
        await put(objects, BODY, other)
        seen = await objects.look(other)
        assert seen is not None
        await objects.keep(seen, FINAL)
        (tmp_path / ".incoming/half").write_bytes(BODY)
        (tmp_path / STAGING / "empty").mkdir()
        asked = []

        async def wanted(key: str) -> bool:
            asked.append(key)
            return key == KEY

        assert await objects.recover(wanted) == 1

        assert sorted(asked) == sorted([KEY, other])
        assert sorted(files(tmp_path)) == sorted([KEY, FINAL])
        assert not (tmp_path / STAGING / "empty").exists()
        assert await read(objects, KEY) == BODY


async def test_a_damaged_object_is_no_object(tmp_path: Path) -> None:
    """An object whose file was cut is neither absent nor readable: the operator must look."""
    async with store(tmp_path) as objects:
        await put(objects, BODY)
        path = tmp_path / KEY
        path.write_bytes(path.read_bytes()[:-1])

        with pytest.raises(Unavailable, match="damaged"):
            await objects.look(KEY)


async def test_an_open_object_stays(tmp_path: Path) -> None:
    """Who has an object open reads it to its end, though it was replaced and discarded."""
    async with store(tmp_path) as objects:
        await put(objects, BODY)
        opened = await objects.open(KEY)
        assert opened is not None
        with opened:
            await put(objects, BODY[::-1])
            await objects.discard(KEY)

            assert await opened.read(0, len(BODY)) == BODY
            with pytest.raises(Unavailable, match="ended early"):
                await opened.read(len(BODY), 10_000)


async def test_a_key_that_is_none(tmp_path: Path) -> None:
    """Reading an impossible key finds nothing; writing to one is a fault of the caller's."""
    async with store(tmp_path / "store") as objects:
        assert await objects.look("../x") is None
        await objects.discard("../x")
        with pytest.raises(ValueError, match="key"):
            objects.receive(announced(1, "../x"))
