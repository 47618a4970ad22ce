"""NextToken: where the next page begins, good for one question alone.

Not a secret and no right: pages are read as the caller. The checksum is there so that a token that
was changed or made up, or belongs to another question, is told from one of ours.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct

_VERSION = 1
_CHECKSUM = 16  # bytes


def write(question: str, *place: int) -> str:
    """Return the token of the page at `place`, as many numbers as it takes to say where that is."""
    head = struct.pack(f">B{len(place)}Q", _VERSION, *place)
    return base64.urlsafe_b64encode(head + _checksum(head, question)).decode()


def read(token: str, question: str, length: int) -> tuple[int, ...] | None:
    """Return the place, `length` numbers, or None for what is no token of this question."""
    form = struct.Struct(f">B{length}Q")
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    head, checksum = raw[: form.size], raw[form.size :]
    if len(head) != form.size or checksum != _checksum(head, question):
        return None
    version, *place = form.unpack(head)
    return tuple(place) if version == _VERSION else None


def _checksum(head: bytes, question: str) -> bytes:
    return hashlib.sha256(head + question.encode()).digest()[:_CHECKSUM]
