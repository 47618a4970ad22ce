"""`Inspector` on any object store: reads as much of a file as there is need for."""

from __future__ import annotations

import asyncio
import tempfile
from typing import IO

from openparticipant.contents.active import active_type
from openparticipant.contents.archive import Archive, judge_archive
from openparticipant.contents.expectation import announced_type, is_expected
from openparticipant.contents.media_type import UNKNOWN, ZIP, media_type_of
from openparticipant.contents.picture import PICTURE_HEAD, lacks_size, picture_fault
from openparticipant.domain.attachment import Attachment
from openparticipant.domain.contents import ContentFault, FaultKind
from openparticipant.domain.filetypes import OCTET_STREAM, extension
from openparticipant.errors import Unavailable
from openparticipant.limits import MIB
from openparticipant.ports import ObjectStore

_HEAD = 64 * 1024  # bytes; all that most files are judged by
_AT_ONCE = 4  # of those that are held in memory or in temporary files while they are judged


class StoredContents:
    """Judges files where they lie: most by their beginning, archives whole, in threads, in turns."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def fault(self, attachment: Attachment, key: str) -> ContentFault | None:
        """See `Inspector`."""
        head = await self._beginning(key, _HEAD)
        found = media_type_of(head)
        is_archive = found == ZIP
        if not is_archive and (len(head) < _HEAD or not lacks_size(found, head)):
            return judge(attachment, head, None)
        async with self._turns:
            try:
                with tempfile.SpooledTemporaryFile(max_size=MIB) as spool:
                    if is_archive:
                        await self._fetch(key, spool)
                    else:
                        head = await self._beginning(key, PICTURE_HEAD)
                    whole = spool if is_archive else None
                    return await asyncio.to_thread(judge, attachment, head, whole)
            except OSError as error:
                raise Unavailable(
                    f"no room to look into a file: {error.strerror}", untouched=True
                ) from error

    async def _beginning(self, key: str, enough: int) -> bytes:
        """Return the first `enough` bytes, or all."""
        head = bytearray()
        async with self._objects.read(key) as pieces:
            if pieces is None:
                raise LookupError(key)
            async for piece in pieces:
                head += piece
                if len(head) >= enough:
                    break
        return bytes(head[:enough])

    async def _fetch(self, key: str, spool: IO[bytes]) -> None:
        async with self._objects.read(key) as pieces:
            if pieces is None:
                raise LookupError(key)
            async for piece in pieces:
                spool.write(piece)


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
    if flood := picture_fault(found, head):
        return ContentFault(FaultKind.PICTURE, flood)
    return None


def _announced(attachment: Attachment, ending: str) -> str:
    """Return the type that was announced; who does not know it says so, and the ending counts."""
    said = attachment.content_type
    return (announced_type(ending) or said) if said.lower() == OCTET_STREAM else said


def _differs(found: str, announced: str) -> str:
    known = "of no known type" if found == UNKNOWN else found
    return f"The bytes of the file are {known}; {announced} was announced."
