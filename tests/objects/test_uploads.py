"""Bodies on their way into the store."""

from __future__ import annotations

import asyncio
import hashlib
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openparticipant.limits import MIB
from openparticipant.objects.disk import POOL
from openparticipant.objects.incoming import Abandoned, IncomingFile, WrongDigest
from openparticipant.objects.upload import BATCH, PIECES, Upload, WrongLength
from tests.objects.stores import AT, KEY, announced, files, put, put_pieces, read, store

BYTES = bytes(range(256)) * 8192


@settings(max_examples=40, deadline=None)
@given(data=st.data(), size=st.integers(0, len(BYTES)))
def test_any_split_stores_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, size: int
) -> None:
    """However a body is cut into pieces, the same bytes and hash are stored."""
    cuts = sorted(data.draw(st.lists(st.integers(0, size), max_size=20)))
    pieces = [BYTES[a:b] for a, b in zip([0, *cuts], [*cuts, size], strict=True)]

    async def run() -> None:
        async with store(tmp_path_factory.getbasetemp() / "split") as objects:
            trailer = await put_pieces(objects, pieces)

            assert trailer.sha256 == hashlib.sha256(BYTES[:size]).hexdigest()
            assert await read(objects, KEY) == BYTES[:size]
            assert objects.pool.taken == 0

    asyncio.run(run())


async def test_more_pieces_than_one_write_takes(tmp_path: Path) -> None:
    """A body that comes byte by byte is stored like any other."""
    body = BYTES[: 3 * PIECES + 7]
    async with store(tmp_path) as objects:
        await put_pieces(objects, [body[i : i + 1] for i in range(len(body))])

        assert await read(objects, KEY) == body


async def test_nothing_is_visible_before_the_whole(tmp_path: Path) -> None:
    """While a body comes in, the object before it is what is seen; nobody else may read either."""
    async with store(tmp_path) as objects:
        await put(objects, b"first")
        before = await objects.look(KEY)
        body = BYTES[: 2 * BATCH]
        async with objects.receive(announced(len(body))) as upload:
            await upload.add(body[:BATCH])
            assert await objects.look(KEY) == before
            await upload.add(body[BATCH:])
            assert await objects.look(KEY) == before
            await upload.publish(AT)
            assert await objects.look(KEY) != before
    assert modes(tmp_path) == ({0o600}, {0o700})


def modes(root: Path) -> tuple[set[int], set[int]]:
    below = [(path, stat.S_IMODE(path.stat().st_mode)) for path in root.rglob("*")]
    files = {mode for path, mode in below if path.is_file()}
    return files, {mode for path, mode in below if path.is_dir()}


@pytest.mark.parametrize("size", [10, 3 * BATCH])
async def test_an_upload_that_is_left_leaves_nothing(size: int, tmp_path: Path) -> None:
    """Whether few bytes or many came, giving up removes the file and gives the credits back."""
    async with store(tmp_path) as objects:
        async with objects.receive(announced(size + 1)) as upload:
            for start in range(0, size, 1000):
                await upload.add(BYTES[: min(1000, size - start)])

        assert objects.pool.taken == 0
        assert list(files(tmp_path)) == []


async def test_a_cancelled_upload_leaves_nothing(tmp_path: Path) -> None:
    """An upload whose task is cancelled while it waits for the disk is removed all the same."""
    async with store(tmp_path) as objects:

        async def uploading() -> None:
            async with objects.receive(announced(64 * BATCH)) as upload:
                for _ in range(63):
                    await upload.add(BYTES[:BATCH])

        task = asyncio.create_task(uploading())
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert objects.pool.taken == 0
    assert list(files(tmp_path)) == []


def test_nothing_is_written_after_the_end(tmp_path: Path) -> None:
    """A write that a thread begins late, after its upload was removed, makes no file again."""
    path = tmp_path / "incoming"
    file = IncomingFile(path, announced(10))
    file.write([b"x"])
    file.remove()

    with pytest.raises(Abandoned):
        file.write([b"y"])

    assert not path.exists()
    file.remove()


async def test_one_byte_too_many_is_cut_off(tmp_path: Path) -> None:
    """At the first byte beyond the announced size the upload ends; one too few never publishes."""
    async with store(tmp_path) as objects:
        async with objects.receive(announced(10)) as upload:
            await upload.add(bytes(10))
            with pytest.raises(WrongLength):
                await upload.add(b"!")
        async with objects.receive(announced(10)) as upload:
            await upload.add(bytes(9))
            with pytest.raises(WrongLength):
                await upload.publish(AT)

        assert await objects.look(KEY) is None


async def test_wrong_digests_are_told(tmp_path: Path) -> None:
    """Bytes that are not those whose digest was announced are never visible."""
    async with store(tmp_path) as objects:
        for digests in ({"md5": "1B2M2Y8AsgTpgAmY7PhCfg=="}, {"sha256": "0" * 64}):
            async with objects.receive(announced(1, **digests)) as upload:
                await upload.add(b"x")
                with pytest.raises(WrongDigest):
                    await upload.publish(AT)

    assert list(files(tmp_path)) == []


async def test_the_pool_bounds_all_uploads_together(tmp_path: Path) -> None:
    """Forty uploads at once hold back no more than the pool has, and give all of it back."""
    highest = 0
    async with store(tmp_path) as objects:

        async def uploading(number: int) -> None:
            nonlocal highest
            async with objects.receive(announced(2 * MIB, f"a/{number}")) as upload:
                for _ in range(16):
                    await upload.add(BYTES[: MIB // 8])
                    highest = max(highest, objects.pool.taken)
                    await asyncio.sleep(0)
                await upload.publish(AT)

        await asyncio.gather(*map(uploading, range(40)))

        assert 0 < highest <= POOL
        assert objects.pool.taken == 0
        assert await read(objects, "a/39") == BYTES[: MIB // 8] * 16


def written(root: Path) -> int:
    return sum(path.stat().st_size for path in (root / ".incoming").iterdir())


async def test_who_sits_on_credits_starves_nobody(tmp_path: Path) -> None:
    """With the pool held by uploads that do not go on, others still come through."""
    async with store(tmp_path) as objects:
        idle: list[Upload] = []
        while objects.pool.taken + MIB // 2 < POOL:
            idle.append(objects.receive(announced(MIB, f"idle/{len(idle)}")))
            await idle[-1].add(BYTES[: MIB // 2])

        async with objects.receive(announced(4 * (MIB // 2))) as upload:
            for count in range(1, 4):
                await upload.add(BYTES[: MIB // 2])
                # Held back by nobody: what came is in the file already.
                assert written(tmp_path) == count * (MIB // 2)
            await upload.add(BYTES[: MIB // 2])
            await upload.publish(AT)

        assert await read(objects, KEY) == BYTES[: MIB // 2] * 4
        for upload in idle:
            async with upload:
                pass
        assert objects.pool.taken == 0
