"""Which keys can name an object: none that leaves the root, none that meets our own files."""

from __future__ import annotations

import re
from pathlib import Path

LONGEST = 1024  # documented: bytes in an S3 key

# No part begins with a dot, so "..", "." and our own ".incoming" are no parts; 255 is NAME_MAX.
_KEY = re.compile(r"(?!\.)[ -.0-~]{1,255}(?:/(?!\.)[ -.0-~]{1,255})*")
_STAGING = re.compile(r"connect/[^/]+/Attachments/chat/staging/.")


def path_of(root: Path, key: str) -> Path | None:
    """Return where an object of this key lies, or None if no object can have it."""
    if len(key) > LONGEST or not _KEY.fullmatch(key):
        return None
    return root / key


def is_staging(key: str) -> bool:
    """Tell whether an upload URL may name this key."""
    return _STAGING.match(key) is not None
