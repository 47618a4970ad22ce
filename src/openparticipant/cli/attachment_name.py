"""The name under which a download is saved."""

from __future__ import annotations

import re
from urllib.parse import unquote

from openparticipant.cli.safe_text import is_safe

_EXTENDED = re.compile(r"filename\*\s*=\s*([\w-]+)'[^']*'([^\s;]+)", re.IGNORECASE)
_QUOTED = re.compile(r'filename\s*=\s*"((?:\\.|[^"\\])*)"', re.IGNORECASE)
_BARE = re.compile(r"filename\s*=\s*([^\s;\"]+)", re.IGNORECASE)
_LONGEST = 255  # bytes; what file systems take


def from_disposition(value: str | None) -> str | None:
    """Return the file name that a Content-Disposition carries, safe to create, or None.

    The extended form wins. What is left of a path is its last part; control characters, leading
    dots and names that would be no file fall off.
    """
    name = _named(value or "")
    if name is None:
        return None
    last = re.split(r"[/\\]", name)[-1]
    safe = "".join(letter for letter in last if is_safe(letter)).strip().lstrip(".")
    return _shortened(safe) or None


def _named(value: str) -> str | None:
    extended = _EXTENDED.search(value)
    if extended:
        try:
            return unquote(extended[2], encoding=extended[1], errors="strict")
        except (LookupError, UnicodeDecodeError):
            pass  # the plain form is there for those who cannot read this one
    quoted = _QUOTED.search(value)
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted[1])
    bare = _BARE.search(value)
    return bare[1] if bare else None


def _shortened(name: str) -> str:
    stem, dot, last = name.rpartition(".")
    tail = dot + last if stem else ""
    while len(name.encode(errors="replace")) > _LONGEST:
        name = name[: len(name) - len(tail) - 1] + tail if len(name) > len(tail) + 1 else name[:-1]
    return name
