"""Who is told what is done for a request, and where."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

Fact = str | int


class Span(Protocol):
    """A request under way."""

    def end(self, name: str, facts: Mapping[str, Fact], *, failed: bool) -> None:
        """Tell what it was and how it went; of the facts, only what may be seen is passed on."""
        ...


class Tracer(Protocol):
    """Tells a collector what belongs together, on however many nodes it happens.

    Nothing waits for the collector, and nothing fails with it.
    """

    def request(self, traceparent: str | None) -> Span:
        """Begin what a client asked for; it is what this task does from now on.

        `traceparent` is the client's own; without one, or with one that is none, a trace begins.
        """
        ...

    def step(self, name: str, facts: Mapping[str, Fact] = ...) -> AbstractContextManager[None]:
        """Tell of a part of what is being done now; nothing, where that is nobody's request."""
        ...
