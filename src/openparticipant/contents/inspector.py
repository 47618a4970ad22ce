"""`Inspector` on any object store: reads as much of a file as there is need for."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO

from openparticipant.contents.active import active_type
from openparticipant.contents.archive import Archive, judge_archive
from openparticipant.contents.expectation import announced_type, is_expected
from openparticipant.contents.media_type import UNKNOWN, ZIP, media_type_of
from openparticipant.contents.picture import PICTURE_HEAD, has_size, picture_fault
from openparticipant.domain.attachment import Attachment
from openparticipant.domain.contents import ContentFault, FaultKind
from openparticipant.domain.filetypes import OCTET_STREAM, extension
from openparticipant.errors import Unavailable
from openparticipant.limits import MIB
from openparticipant.ports import ObjectStore

_HEAD = 64 * 1024  # bytes; all that most files are judged by
_LONG = 8 * _HEAD  # what is shorter is judged sooner than another thread is told of it
_AT_ONCE = 4  # archives and pictures are held in memory, or in temporary files


@dataclass(slots=True)
class _Read:
    """What has been read of a file: its beginning, and the whole of an archive."""

    head: bytes
    whole: IO[bytes] | None = None


class StoredContents:
    """Judges files where they lie, in threads, a few at a time."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def fault(self, attachment: Attachment, key: str) -> ContentFault | None:
        """See `Inspector`."""
        async with self._turns:
            try:
                with tempfile.SpooledTemporaryFile(max_size=MIB) as spool:
                    read = await self._read(key, spool)
                    if read.whole is None and len(read.head) < _LONG:
                        return judge(attachment, read.head, None)
                    return await asyncio.to_thread(judge, attachment, read.head, read.whole)
            except OSError as error:
                raise Unavailable(
                    f"no room to look into a file: {error.strerror}", untouched=True
                ) from error

    async def _read(self, key: str, spool: IO[bytes]) -> _Read:
        async with self._objects.read(key) as pieces:
            if pieces is None:
                raise LookupError(key)
            head = await _take(pieces, b"", _HEAD)
            found = media_type_of(head)
            if has_size(found):
                head = await _take(pieces, head, PICTURE_HEAD)
            if found != ZIP:
                return _Read(head)
            spool.write(head)
            async for piece in pieces:
                spool.write(piece)
            return _Read(head, spool)


async def _take(pieces: AsyncIterator[bytes], head: bytes, enough: int) -> bytes:
    """Return at least `enough` bytes, `head` being the first, or all."""
    parts, size = [head], len(head)
    while size < enough:
        try:
            piece = await anext(pieces)
        except StopAsyncIteration:
            break
        parts.append(piece)
        size += len(piece)
    return b"".join(parts)


def judge(attachment: Attachment, head: bytes, archive: IO[bytes] | None) -> ContentFault | None:
    """Say what is wrong with a file that begins so; `archive` is the whole of one, where it is one."""
    ending = extension(attachment.name)
    announced = _announced(attachment, ending)
    if active := active_type(head):  # an operator who lets pages in gets pages
        is_meant = announced_type(ending) == active
        return None if is_meant else ContentFault(FaultKind.ACTIVE, _differs(active, announced))
    found = media_type_of(head)
    inside: Archive | None = None
    if archive is not None:
        inside = judge_archive(archive)
        found = inside.media_type
        if inside.fault is not None:
            return ContentFault(FaultKind.ARCHIVE, inside.fault)
    if not is_expected(ending, found):
        return ContentFault(FaultKind.TYPE, _differs(found, announced))
    if inside is not None and inside.has_macros and not ending.endswith("m"):
        sentence = f"The file has macros, which a file that ends in .{ending} cannot have."
        return ContentFault(FaultKind.ACTIVE, sentence)
    if has_size(found) and (flood := picture_fault(found, head)):
        return ContentFault(FaultKind.PICTURE, flood)
    return None


def _announced(attachment: Attachment, ending: str) -> str:
    """Return the type that was announced; who does not know it says so, and the ending counts."""
    said = attachment.content_type
    return (announced_type(ending) or said) if said.lower() == OCTET_STREAM else said


def _differs(found: str, announced: str) -> str:
    known = "of no known type" if found == UNKNOWN else found
    return f"The bytes of the file are {known}; {announced} was announced."
