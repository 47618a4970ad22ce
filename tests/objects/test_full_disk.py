"""A disk that fills up, for real: a file system of two megabytes."""

from __future__ import annotations

import asyncio
import itertools
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from openparticipant.errors import Unavailable
from openparticipant.objects.disk import DiskObjects
from openparticipant.testing.object_plane import ObjectPlane
from openparticipant.testing.raw_http import fetch
from tests.objects.stores import KEY, files, put, put_pieces, read, store
from tests.small_disk import fill_up, small_disk

KIB = 1024


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


async def told(objects: DiskObjects, trouble: str | None) -> None:
    """Return once the store says by itself that this is wrong."""
    async with asyncio.timeout(30):
        while objects.trouble != trouble:  # noqa: ASYNC110 - a look tells nobody that it is over
            await asyncio.sleep(0.01)


async def test_a_disk_tells_its_trouble(disk: Path) -> None:
    """Whether there is room is found out while somebody asks, so it is over when it is over."""
    async with store(disk) as objects:
        assert objects.trouble is None
        ballast = fill_up(disk)
        await told(objects, "objects: the disk is full")
        ballast.unlink()
        await told(objects, None)
        (disk / ".incoming").rename(disk / "elsewhere")
        await told(objects, "objects: no such file or directory")


async def test_a_disk_that_was_full_before_is_known_at_once(disk: Path) -> None:
    """A server that starts on a full disk does not call itself ready first."""
    (disk / ".incoming").mkdir()
    fill_up(disk)
    async with store(disk) as objects:
        assert objects.trouble == "objects: the disk is full"


async def test_nobody_waits_for_a_disk_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks is answered by what is known, one look alone waits, and neither does the end."""
    answers, asked = threading.Event(), itertools.count()

    def hanging(place: Path) -> os.statvfs_result:
        if not place.is_relative_to(tmp_path):  # of another server of this process
            return statvfs(place)
        next(asked)
        assert threading.current_thread() is not threading.main_thread()
        answers.wait(60)
        return statvfs(place)

    statvfs = os.statvfs
    async with store(tmp_path) as objects:
        monkeypatch.setattr(os, "statvfs", hanging)
        assert objects.trouble is None
        await told(objects, "objects: no answer in time")
        await asyncio.gather(*(told(objects, "objects: no answer in time") for _ in range(100)))
        assert next(asked) == 1
        answers.set()
        await told(objects, None)
        answers.clear()
        await told(objects, "objects: no answer in time")
    answers.set()
