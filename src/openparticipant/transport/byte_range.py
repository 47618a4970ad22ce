from __future__ import annotations

import re
from typing import NamedTuple

# One range, as S3 serves it. Digits are bounded: a longer number is no offset into any object.
_SINGLE = re.compile(r"bytes=\s*(\d{0,19})-(\d{0,19})\s*", re.IGNORECASE)


class ByteRange(NamedTuple):
    """Bytes `start` up to, not including, `end`."""

    start: int
    end: int


class Unsatisfiable(Exception):  # noqa: N818 - an outcome
    """The range has no byte in common with the object."""


def parse_range(text: str, size: int) -> ByteRange | None:
    """Read a Range header for an object of `size` bytes; raise Unsatisfiable.

    None means that the whole object is due: several ranges, another unit, or no range at all.
    """
    match = _SINGLE.fullmatch(text)
    if match is None:
        return None
    first, last = match.groups()
    if not first:
        if not last:
            return None
        length = min(int(last), size)
        if not length:
            raise Unsatisfiable
        return ByteRange(size - length, size)
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return ByteRange(start, min(int(last) + 1, size) if last else size)
