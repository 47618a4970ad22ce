"""A store on a directory of its own, and uploads into it without HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

from openparticipant.objects.disk import DiskObjects
from openparticipant.objects.incoming import Announced
from openparticipant.objects.trailer import Trailer
from openparticipant.sigv4 import Credentials
from openparticipant.testing.ids import SerialIds

AT = 1_769_860_800_123
STAGING = "connect/instance/Attachments/chat/staging/2026/01/31/contact"
KEY = f"{STAGING}/attachment_20260131T12:00_UTC.txt"
FINAL = "connect/instance/Attachments/chat/2026/01/31/contact/attachment_attempt_x_UTC.txt"


@contextlib.asynccontextmanager
async def store(root: Path) -> AsyncIterator[DiskObjects]:
    """Open a store; its URLs go nowhere."""
    objects = DiskObjects(
        root,
        base="http://127.0.0.1:1",
        region="us-east-1",
        credentials=lambda: Credentials("key", "secret"),
        ids=SerialIds(),
    )
    try:
        yield objects
    finally:
        objects.close()


def announced(size: int, key: str = KEY, **digests: str) -> Announced:
    """Describe an upload."""
    return Announced(key, size, "text/plain", 'attachment; filename="a.txt"', **digests)


async def put(objects: DiskObjects, body: bytes, key: str = KEY) -> Trailer:
    """Upload a body in one piece."""
    return await put_pieces(objects, [body], key)


async def put_pieces(objects: DiskObjects, pieces: Iterable[bytes], key: str = KEY) -> Trailer:
    """Upload a body in pieces."""
    pieces = list(pieces)
    async with objects.receive(announced(sum(map(len, pieces)), key)) as upload:
        for piece in pieces:
            await upload.add(piece)
        return await upload.publish(AT)


async def read(objects: DiskObjects, key: str) -> bytes:
    """Read a whole object."""
    opened = await objects.open(key)
    assert opened is not None
    with opened:
        return bytes(await opened.read(0, opened.trailer.size))


def files(root: Path) -> Iterator[str]:
    """Yield every file below the root, temporary ones too."""
    for path in root.rglob("*"):
        if path.is_file():
            yield path.relative_to(root).as_posix()
