"""JSON for scripts that read as it comes: one object a line."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def json_lines(values: Iterable[Any]) -> str:
    """Write each value on a line of its own, in ASCII: nothing in it steers a terminal."""
    return "".join(f"{json.dumps(value)}\n" for value in values)
