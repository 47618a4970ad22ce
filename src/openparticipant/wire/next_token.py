"""NextToken: where the next page begins, good for one question alone.

Not a secret and no right: pages are read as the caller. The checksum is there so that a token that
was changed or made up, or belongs to another question, is told from one of ours.
"""

from __future__ import annotations

import base64
import hashlib
import struct

_VERSION = 1
_CHECKSUM = 16  # bytes


def write(question: str, *place: int) -> str:
    """Return the token of the page at `place`: numbers of 63 bits that say where that is."""
    head = _form(len(place)).pack(_VERSION, *place)
    return base64.urlsafe_b64encode(head + _checksum(head, question)).decode()


def read(token: str, question: str, length: int) -> tuple[int, ...] | None:
    """Return the place, `length` numbers, or None for what is no token of this question."""
    form = _form(length)
    try:
        _, *place = form.unpack(base64.urlsafe_b64decode(token)[: form.size])
    except (ValueError, struct.error):
        return None
    return tuple(place) if token == write(question, *place) else None


def _form(length: int) -> struct.Struct:
    # Signed, as databases have them: a larger number would be theirs to choke on.
    return struct.Struct(f">B{length}q")


def _checksum(head: bytes, question: str) -> bytes:
    return hashlib.sha256(head + question.encode()).digest()[:_CHECKSUM]
