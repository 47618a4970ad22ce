from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

State = Literal["starting", "ready", "draining"]


@dataclass(slots=True)
class Lifecycle:
    """Where the server stands, for the health route, and what else has to end in order."""

    state: State = "starting"
    on_drain: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    """Awaited in order when the server drains, while it still takes and answers requests."""
    on_closed: list[Callable[[], None]] = field(default_factory=list)
    """Called after that, once nobody new is let in; what is being answered goes on."""
