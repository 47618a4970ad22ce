"""How files are read to be judged: little of most, and none waits for the large ones of others."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from openparticipant.contents.inspector import StoredContents
from openparticipant.domain.contents import FaultKind
from openparticipant.limits import MIB
from tests.contents.judging import attachment
from tests.contents.samples import jpeg, office

_PIECE = 16 * 1024
_PATIENCE = 20


class Shelf:
    """Objects that are given piece by piece; while `opened` is not set, large ones do not go on."""

    def __init__(self, **objects: bytes) -> None:
        self._objects = objects
        self.opened = asyncio.Event()
        self.opened.set()
        self.crowded = asyncio.Event()
        self.taken = 0
        self.large = 0

    @asynccontextmanager
    async def read(self, key: str) -> AsyncIterator[AsyncIterator[bytes] | None]:
        """See `ObjectStore`."""
        content = self._objects.get(key)
        yield None if content is None else self._pieces(content)

    async def _pieces(self, content: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(content), _PIECE):
            if start >= 128 * 1024:
                self.large += 1
                if self.large == 4:
                    self.crowded.set()
                await self.opened.wait()
            piece = content[start : start + _PIECE]
            self.taken += len(piece)
            yield piece


def inspector(shelf: Any) -> StoredContents:
    """Return one over a shelf."""
    return StoredContents(shelf)


async def test_little_is_read_of_most_files() -> None:
    """A film of a gigabyte would cost no more than its beginning."""
    shelf = Shelf(film=b"\0\0\0\x14ftypisom" + bytes(4 * MIB), picture=jpeg(9, 9) + bytes(4 * MIB))
    for name, key in (("a.mp4", "film"), ("a.jpg", "picture")):
        shelf.taken = 0
        assert await inspector(shelf).fault(attachment(name), key) is None
        assert shelf.taken <= 64 * 1024


async def test_a_size_far_behind_is_looked_for() -> None:
    """Some programs write a lot in front of it, and floods may."""
    far = jpeg(65_535, 65_535, before=MIB)
    fault = await inspector(Shelf(far=far)).fault(attachment("a.jpg"), "far")
    assert fault is not None
    assert fault.kind is FaultKind.PICTURE
    assert "65535 x 65535" in fault.sentence


async def test_nobody_waits_for_the_archives_of_others() -> None:
    """Archives take turns, from whatever slow store; everybody else passes them by."""
    letter = office("word", **{"word/a.bin": os.urandom(MIB)})
    shelf = Shelf(letter=letter, small=b"hello")
    looking = inspector(shelf)
    shelf.opened.clear()
    async with asyncio.timeout(_PATIENCE):
        waiting = [
            asyncio.create_task(looking.fault(attachment("a.docx"), "letter")) for _ in range(9)
        ]
        await shelf.crowded.wait()
        assert await looking.fault(attachment("a.txt"), "small") is None
        assert shelf.large == 4
        shelf.opened.set()
        assert await asyncio.gather(*waiting) == [None] * 9


async def test_what_is_gone_is_not_judged() -> None:
    """Somebody has undone the attempt: that is no fault of the file."""
    with pytest.raises(LookupError):
        await inspector(Shelf()).fault(attachment("a.txt"), "gone")
