"""The SHA-256 that came with a download, and that of the bytes that came."""

from __future__ import annotations

from hashlib import sha256

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from http.client import HTTPMessage

_HEX = frozenset("0123456789abcdef")


class Digest:
    """Compares bytes with the SHA-256 in their answer's headers, where there is one."""

    def __init__(self, headers: HTTPMessage) -> None:
        self._expected = _expected(headers)
        self._hash = sha256()

    @property
    def is_known(self) -> bool:
        """Tell whether there is anything to compare with."""
        return self._expected is not None

    def update(self, piece: bytes) -> None:
        """Take bytes."""
        if self._expected is not None:
            self._hash.update(piece)

    def compare(self) -> None:
        """Raise CommandError where other bytes came than were sent."""
        if self._expected is not None and self._hash.digest() != self._expected:
            raise CommandError("the bytes are not those that were sent: their SHA-256 differs")


def _expected(headers: HTTPMessage) -> bytes | None:
    """Return the digest: S3 has it in base64 where asked, our own store's entity tag is it."""
    checksum = headers.get("x-amz-checksum-sha256")
    if checksum is not None:
        from base64 import b64decode  # noqa: PLC0415 - S3 alone

        try:
            found = b64decode(checksum, validate=True)
        except ValueError:
            found = b""  # that of a file in parts, which is not one of its bytes
        if len(found) == sha256().digest_size:
            return found
    tag = headers.get("etag", "").strip('"').lower()
    return bytes.fromhex(tag) if len(tag) == 64 and _HEX.issuperset(tag) else None
