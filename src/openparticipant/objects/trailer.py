"""What is known of an object, written behind its bytes in the same file.

Bytes and description are one inode: one rename makes both visible, one hard link keeps both. A file
is the bytes, then the trailer as JSON, its length (4 bytes, big-endian) and a magic of 8 bytes.
"""

from __future__ import annotations

import os

import msgspec

from openparticipant.errors import Damaged

_MAGIC = b"OPOBJ1\r\n"
_FOOT = 4 + len(_MAGIC)
_USUAL = 4096  # one read of the end of the file holds all but the longest trailers


class Trailer(msgspec.Struct, frozen=True, kw_only=True):
    """The description of one object; `version` is of this upload alone, `stored_at` is in ms."""

    version: str
    size: int
    sha256: str
    content_type: str
    content_disposition: str
    stored_at: int

    def encode(self) -> bytes:
        """Write the trailer as it ends the file."""
        text = msgspec.json.encode(self)
        return text + len(text).to_bytes(4, "big") + _MAGIC


_DECODER = msgspec.json.Decoder(Trailer)


def read_trailer(descriptor: int) -> Trailer:
    """Read the end of an open file; raise Damaged if it is not a whole object."""
    whole = os.fstat(descriptor).st_size
    tail = _end(descriptor, whole, _USUAL)
    if len(tail) < _FOOT or not tail.endswith(_MAGIC):
        raise Damaged("an object on disk is damaged: its end is missing")
    length = int.from_bytes(tail[-_FOOT : -len(_MAGIC)], "big")
    if length + _FOOT > len(tail):
        tail = _end(descriptor, whole, length + _FOOT)
    try:
        trailer = _DECODER.decode(tail[-_FOOT - length : -_FOOT])
    except msgspec.MsgspecError as error:
        raise Damaged("an object on disk is damaged: its description is unreadable") from error
    if trailer.size + length + _FOOT != whole:
        raise Damaged("an object on disk is damaged: its size is not the one described")
    return trailer


def _end(descriptor: int, whole: int, length: int) -> bytes:
    length = min(length, whole)
    return os.pread(descriptor, length, whole - length)
