"""NextToken of GetTranscript: where the next page begins, good for one contact and direction.

Not a secret and no right: pages are read as the caller. The checksum is there so that a token that
was changed or made up is told from one of ours.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct

_FORM = struct.Struct(">B?Q")
_VERSION = 1
_CHECKSUM = 16  # bytes


def write(contact_id: str, ordinal: int, *, forward: bool) -> str:
    """Return the token of the page that begins at `ordinal`."""
    head = _FORM.pack(_VERSION, forward, ordinal)
    return base64.urlsafe_b64encode(head + _checksum(head, contact_id)).decode()


def read(token: str, contact_id: str, *, forward: bool) -> int | None:
    """Return the ordinal, or None for what is not a token of this contact and direction."""
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    head, checksum = raw[: _FORM.size], raw[_FORM.size :]
    if len(head) != _FORM.size or checksum != _checksum(head, contact_id):
        return None
    version, direction, ordinal = _FORM.unpack(head)
    return int(ordinal) if version == _VERSION and direction == forward else None


def _checksum(head: bytes, contact_id: str) -> bytes:
    return hashlib.sha256(head + contact_id.encode()).digest()[:_CHECKSUM]
