"""What this process refused lately, for the operator who asks why."""

from __future__ import annotations

from typing import Any

import msgspec

_MOST = 10_000  # requests; a line has some 400 bytes


class Recollection:
    """The newest lines of the log that give a reason, by the id of their request."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lines: dict[str, bytes] = {}

    def note(self, request_id: str, line: bytes) -> None:
        """Keep a line of the log, and let the oldest go where there are too many."""
        self._lines[request_id] = line
        if len(self._lines) > self._most:
            del self._lines[next(iter(self._lines))]

    def find(self, request_id: str) -> dict[str, Any] | None:
        """Return what the log says of a request; see `Refusals`."""
        line = self._lines.get(request_id)
        return None if line is None else msgspec.json.decode(line)
