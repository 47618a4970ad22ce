"""NextToken of GetTranscript: where the next page begins, good for one contact and direction.

Not a secret and no right: pages are read as the caller. The checksum is there so that a token that
was changed or made up is told from one of ours.
"""

from __future__ import annotations

import base64
import hashlib
import struct

_FORM = struct.Struct(">B?I")
_VERSION = 1
_CHECKSUM = 18  # bytes; with the rest a multiple of three, so that every character counts


def write(contact_id: str, ordinal: int, *, forward: bool) -> str:
    """Return the token of the page that begins at `ordinal`."""
    head = _FORM.pack(_VERSION, forward, ordinal)
    return base64.urlsafe_b64encode(head + _checksum(head, contact_id)).decode()


def read(token: str, contact_id: str, *, forward: bool) -> int | None:
    """Return the ordinal, or None for what is not a token of this contact and direction."""
    try:
        head = base64.urlsafe_b64decode(token)[: _FORM.size]
        _, _, ordinal = _FORM.unpack(head)
    except (ValueError, struct.error):
        return None
    return ordinal if token == write(contact_id, ordinal, forward=forward) else None


def _checksum(head: bytes, contact_id: str) -> bytes:
    return hashlib.sha256(head + contact_id.encode()).digest()[:_CHECKSUM]
