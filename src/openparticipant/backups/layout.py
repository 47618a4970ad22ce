"""Where things lie in a back-up, and in a data directory."""

from __future__ import annotations

import re
from pathlib import Path

from openparticipant.objects.keys import path_of

DATABASE = "openparticipant.sqlite3"
OBJECTS = "objects"
NODE_ID = "node-id"
TLS = "tls"
_TLS_FILE = re.compile(rf"{TLS}/[A-Za-z0-9_-][A-Za-z0-9._-]{{0,99}}")


def is_known(path: str) -> bool:
    """Tell whether a back-up may have a file of this path; none leads out of it."""
    directory, _, key = path.partition("/")
    if directory == OBJECTS:
        return path_of(Path(), key) is not None
    return path in {DATABASE, NODE_ID} or _TLS_FILE.fullmatch(path) is not None
