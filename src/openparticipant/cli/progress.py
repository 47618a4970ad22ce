"""A bar on standard error, for people who wait; nothing where nobody looks."""

from __future__ import annotations

from openparticipant.cli.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

    from openparticipant.cli.environment import Environment

_PAUSE = 100  # ms between two drawings
_BAR = 20
_MIB = 1024 * 1024


class Progress:
    """How far one file has got; clears its line when it ends."""

    def __init__(self, world: Environment, name: str, total: int) -> None:
        self._world = world
        self._name = printable(name)
        self._total = total
        self._done = 0
        self._drawn: int | None = None
        self._started = world.clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._drawn is not None:
            self._world.complain("\r\x1b[K")

    def advance(self, size: int) -> None:
        """Count bytes that went through."""
        self._done += size
        now = self._world.clock()
        if not self._world.stderr_is_terminal:
            return
        if self._drawn is None or now - self._drawn >= _PAUSE or self._done >= self._total:
            self._drawn = now
            self._world.complain(f"\r\x1b[K{self._line(now)}")

    def restart(self) -> None:
        """Begin at the first byte again."""
        self._done = 0
        self._started = self._world.clock()

    def _line(self, now: int) -> str:
        share = min(self._done / self._total, 1) if self._total else 1
        bar = ("#" * int(share * _BAR)).ljust(_BAR, ".")
        seconds = max(now - self._started, 1) / 1000
        facts = (
            f" {share:4.0%} [{bar}] {self._done / _MIB:.1f} of {self._total / _MIB:.1f} MiB"
            f"  {self._done / _MIB / seconds:.1f} MiB/s"
        )
        room = max(self._world.columns - len(facts) - 1, 0)
        return f"{self._name[:room]}{facts}"
