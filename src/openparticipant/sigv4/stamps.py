"""The two forms in which a request says when it was signed."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def stamp(at: int) -> str:
    """Write a moment (ms) as `YYYYMMDDTHHMMSSZ`, rounded down to its second."""
    return _stamp(at // 1000)


# A busy server asks for the same second thousands of times.
@lru_cache(maxsize=16)
def _stamp(second: int) -> str:
    year, month, day, hour, minute, rest, *_ = time.gmtime(second)
    return f"{year:04}{month:02}{day:02}T{hour:02}{minute:02}{rest:02}Z"


def moment(text: str) -> int | None:
    """Read `YYYYMMDDTHHMMSSZ` as a moment (ms), or None when it is not one."""
    if len(text) != 16 or text[8] != "T" or text[15] != "Z":
        return None
    return _moment(text[:8] + text[9:15])


def http_moment(text: str) -> int | None:
    """Read `Sun, 30 Aug 2015 12:36:00 GMT` (or its zone as `+0000`, `-0000`) as a moment (ms)."""
    if text[26:] not in ("GMT", "+0000", "-0000") or text[8:11] not in _MONTHS:
        return None
    if (text[3:5], text[7], text[11], text[16], text[25]) != (", ", " ", " ", " ", " "):
        return None
    if text[19] != ":" or text[22] != ":":
        return None
    month = f"{_MONTHS.index(text[8:11]) + 1:02}"
    return _moment(text[12:16] + month + text[5:7] + text[17:19] + text[20:22] + text[23:25])


def _moment(digits: str) -> int | None:
    if not (digits.isascii() and digits.isdigit()):
        return None
    month, day, hour, minute, second = (int(digits[i : i + 2]) for i in range(4, 14, 2))
    try:
        when = datetime(int(digits[:4]), month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return int(when.timestamp()) * 1000
