"""`python -m tests.stores`: play the life of attachments for a long time, and say how much was played."""

from __future__ import annotations

import argparse
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stores.attachment_life import AttachmentLife
from tests.stores.stepping import Gate

_LIVES = 100  # between two looks at the clock


class Counted(AttachmentLife):
    """The machine, which counts who came onto the stage in how many lives."""

    lives = 0
    entered: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        type(self).lives += 1

    def act(self, name: str, run: Callable[[Gate], Awaitable[None]], steps: int) -> None:
        """Count an entrance."""
        self.entered[name.split(maxsplit=1)[0].rstrip(":")] += 1
        super().act(name, run, steps)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="fuzz-life", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=secrets.randbits(31))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    until = time.monotonic() + 60 * chosen.minutes
    chapter = 0
    while time.monotonic() < until:
        seed(chosen.seed + chapter)(Counted)
        run_state_machine_as_test(
            Counted,
            settings=settings(
                max_examples=_LIVES,
                stateful_step_count=50,
                deadline=None,
                database=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            ),
        )
        chapter += 1
    told = ", ".join(f"{count} x {name}" for name, count in sorted(Counted.entered.items()))
    print(f"no counter-example in {Counted.lives} lives: {told}")
