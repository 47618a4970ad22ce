"""What was refused, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Refusals(Protocol):
    """The requests that a node refused lately."""

    def find(self, request_id: str) -> Mapping[str, Any] | None:
        """Return what the log says of one: `at`, `reason` and what else is known; None if forgotten."""
        ...
