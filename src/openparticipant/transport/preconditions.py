"""Conditions on a read (RFC 9110, section 13), judged in the order given there."""

from __future__ import annotations

import calendar
import email.utils
from collections.abc import Mapping
from enum import Enum


class Outcome(Enum):
    """What the conditions of a request come to."""

    PROCEED = 200
    NOT_MODIFIED = 304
    FAILED = 412


def http_date(at: int) -> str:
    """Write an instant (ms) as HTTP does, in whole seconds."""
    return email.utils.formatdate(at // 1000, usegmt=True)


def judge(headers: Mapping[bytes, str], etag: str, modified_at: int) -> Outcome:
    """Judge the conditions for an object with this entity tag, last changed at `modified_at` ms."""
    changed = modified_at // 1000
    if (wanted := headers.get(b"if-match")) is not None:
        if not _lists(wanted, etag):
            return Outcome.FAILED
    elif (since := _seconds(headers.get(b"if-unmodified-since"))) is not None and changed > since:
        return Outcome.FAILED
    if (held := headers.get(b"if-none-match")) is not None:
        if _lists(held.replace("W/", ""), etag):
            return Outcome.NOT_MODIFIED
    elif (since := _seconds(headers.get(b"if-modified-since"))) is not None and changed <= since:
        return Outcome.NOT_MODIFIED
    return Outcome.PROCEED


def range_applies(headers: Mapping[bytes, str], etag: str, modified_at: int) -> bool:
    """Tell whether a Range still means the object that its client has a part of (If-Range)."""
    condition = headers.get(b"if-range")
    if condition is None:
        return True
    if condition.startswith('"'):
        return condition == etag
    return _seconds(condition) == modified_at // 1000


def _lists(tags: str, etag: str) -> bool:
    return tags.strip() == "*" or etag in [tag.strip() for tag in tags.split(",")]


def _seconds(text: str | None) -> int | None:
    parsed = None if text is None else email.utils.parsedate(text)
    if parsed is None:
        return None
    try:
        return calendar.timegm(parsed)
    except (ValueError, OverflowError):
        return None
