"""A disk that fills up, for real: a file system of two megabytes."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from openparticipant.errors import Unavailable
from openparticipant.objects.disk import WORKERS, DiskObjects
from openparticipant.testing.object_plane import ObjectPlane
from openparticipant.testing.raw_http import fetch
from tests.objects.stores import KEY, files, put, put_pieces, read, store
from tests.small_disk import fill_up, small_disk

KIB = 1024
_PATIENCE = 20  # seconds; a busy machine


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Yield the root of a disk that holds two megabytes."""
    with small_disk(tmp_path, "size=2m") as place:
        yield place


async def test_a_full_disk_is_a_clean_refusal(disk: Path) -> None:
    """An upload that no longer fits is Unavailable, leaves nothing, and what was there stays."""
    kept = bytes(1500 * KIB)
    async with store(disk) as objects:
        await put(objects, kept)

        for pieces in ([bytes(600 * KIB)], [bytes(64 * KIB)] * 64):
            with pytest.raises(Unavailable, match="No space left"):
                await put_pieces(objects, pieces, "another")

        assert list(files(disk)) == [KEY]
        assert await read(objects, KEY) == kept
        await put(objects, bytes(100 * KIB), "small")
        assert objects.pool.taken == 0


async def test_a_client_is_told_of_a_full_disk(disk: Path) -> None:
    """The upload gets 503 with a request id, not a broken connection, even in the middle of it."""
    async with ObjectPlane(disk) as plane:
        attachment = plane.propose(4096 * KIB)
        invitation = await plane.invite(attachment)

        answer = await fetch("PUT", invitation.url, invitation.headers, bytes(4096 * KIB))

        assert (answer.status, answer.code) == (503, "ServiceUnavailable")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "space" not in answer.element("Message")
        assert [each.reason for each in plane.exchanges] == [
            "cannot store an upload: No space left on device"
        ]
    assert list(files(disk)) == []


@pytest.mark.parametrize("left", range(8))
async def test_no_room_for_a_directory(left: int, tmp_path: Path) -> None:
    """Where the disk has no entry left for a directory on the way, nothing is left of the rest."""
    with small_disk(tmp_path, "size=2m,nr_inodes=16") as place:
        async with store(place) as objects:
            fill(place, left)

            with pytest.raises(Unavailable, match="No space left"):
                await put(objects, b"x")

            assert [name for name in files(place) if not name.startswith("fill")] == []
            assert [path for path in below(place) if path.name != ".incoming"] == []


def fill(place: Path, left: int) -> None:
    number = 0
    while os.statvfs(place).f_ffree > left:
        (place / f"fill{number}").touch()
        number += 1


def below(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_dir()]


async def test_a_disk_tells_its_trouble(disk: Path) -> None:
    """It is looked at while somebody wants to know, so what is over is over for them, too."""
    async with store(disk) as objects:
        assert await told(objects, None)
        ballast = fill_up(disk)
        assert await told(objects, "objects: the disk is full")
        ballast.unlink()
        assert await told(objects, None)
        (disk / ".incoming").rename(disk / "elsewhere")
        assert await told(objects, "objects: no such file or directory")


async def test_a_disk_that_does_not_answer_is_not_waited_for(tmp_path: Path) -> None:
    """All threads wait for it; the event loop does not, and says so."""
    free = threading.Event()
    async with store(tmp_path) as objects:
        waiting = [objects._workers.submit(free.wait) for _ in range(WORKERS)]
        try:
            assert await told(objects, "objects: the disk does not answer")
        finally:
            free.set()
            await asyncio.gather(*waiting)
        assert await told(objects, None)


async def told(objects: DiskObjects, trouble: str | None) -> bool:
    """Ask until this is the answer."""
    async with asyncio.timeout(_PATIENCE):
        while objects.trouble != trouble:  # noqa: ASYNC110 - whoever asks makes it look
            await asyncio.sleep(0)
    return True
