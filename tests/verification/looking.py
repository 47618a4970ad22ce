"""Verifications in this process, on a clock that lets nobody wait."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from openparticipant import bootstrap
from openparticipant.limits import DAY
from openparticipant.operations.differences import Difference, Kind
from openparticipant.settings import load
from openparticipant.system import RandomIds, SystemClock


class HurryingClock:
    """A clock that is `ahead` of the machine's, and where each sleep is over at once.

    `slept` is called with each.
    """

    def __init__(self, ahead: int, slept: Callable[[int], None] = lambda _: None) -> None:
        self._machine = SystemClock()
        self._ahead = ahead
        self._slept = slept

    def now(self) -> int:
        """Return the instant that this clock shows."""
        return self._machine.now() + self._ahead

    async def sleep(self, millis: int) -> None:
        """Let that much time be over."""
        self._ahead += millis
        self._slept(millis)
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a verification found and looked at."""

    differences: list[Difference]
    rows: int
    objects: int
    bytes: int

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of what it found."""
        return [it.kind for it in self.differences]


def verified(
    data_dir: Path,
    *,
    ahead: int = DAY,
    rate: int = 1 << 40,
    slept: Callable[[int], None] = lambda _: None,
    settings: Mapping[str, str] | None = None,
) -> Seen:
    """Verify a data directory as it will be in a while, when nothing in it is young any more."""
    flags = {name: [value] for name, value in (settings or {}).items()}
    loaded = load({**flags, "data-dir": [str(data_dir)]}, {}, None)

    async def look() -> Seen:
        clock = HurryingClock(ahead, slept)
        async with bootstrap.verification(loaded.settings, clock, RandomIds(), rate=rate) as it:
            found = [difference async for difference in it.differences()]
            return Seen(found, it.rows, it.objects, it.bytes)

    return asyncio.run(look())


def objects_in(data_dir: Path) -> list[Path]:
    """Return the files of all objects that have a key."""
    return sorted(it for it in (data_dir / "objects" / "connect").rglob("*") if it.is_file())


def execute(data_dir: Path, statement: str) -> None:
    """Change the rows of a server that does not run, or behind the back of one that does."""
    with closing(sqlite3.connect(data_dir / "openparticipant.sqlite3")) as database, database:
        database.execute(statement)


def flip(path: Path, at: int = 0) -> None:
    """Turn one bit around, in place, as a disk may."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        (byte,) = os.pread(descriptor, 1, at)
        os.pwrite(descriptor, bytes([byte ^ 1]), at)
    finally:
        os.close(descriptor)
