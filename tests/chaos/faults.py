"""Which part of a cluster fails when, and how."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from tests.cluster.cluster import Cluster

_MINUTE = 60.0
_CALM = (4.0, 16.0)  # seconds of each minute before its fault
_DEAD = (1.0, 12.0)
_FROZEN = (3.0, 25.0)


class Part(Protocol):
    """What may fail."""

    def kill(self) -> None:
        """End at once."""

    def start(self) -> None:
        """Start again, and return once it works."""

    def freeze(self) -> None:
        """Do nothing any more."""

    def thaw(self) -> None:
        """Go on."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A part that is killed, or only frozen, for some seconds; `calm` come before it."""

    name: str
    part: Part
    is_deadly: bool
    calm: float
    seconds: float

    def __str__(self) -> str:
        return f"{self.name} {'dead' if self.is_deadly else 'frozen'} for {self.seconds:.1f} s"

    async def strike(self) -> None:
        """Let it happen, and make it good again."""
        part = self.part
        await asyncio.to_thread(part.kill if self.is_deadly else part.freeze)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            await asyncio.to_thread(part.start if self.is_deadly else part.thaw)

    @property
    def rest(self) -> float:
        """Seconds until its minute is over."""
        return max(0.0, _MINUTE - self.calm - self.seconds)


def drawn(cluster: Cluster, rng: random.Random, minutes: int) -> Iterator[Fault]:
    """Draw one fault for each minute, so that each part has its turn of each kind."""
    parts: list[tuple[str, Part]] = [
        ("PostgreSQL", cluster.postgres),
        ("NATS", cluster.nats),
        ("SeaweedFS", cluster.seaweed),
    ]
    turns: list[tuple[str, Part, bool]] = []
    for _ in range(minutes):
        if not turns:
            nodes = [(f"node {number}", node) for number, node in enumerate(cluster.nodes, 1)]
            chosen = [*parts, rng.choice(nodes)]
            turns = [(name, part, deadly) for name, part in chosen for deadly in (True, False)]
            rng.shuffle(turns)
        name, part, is_deadly = turns.pop()
        seconds = rng.uniform(*(_DEAD if is_deadly else _FROZEN))
        yield Fault(name, part, is_deadly, rng.uniform(*_CALM), seconds)
