"""A scanner with an eye on it: bounded in time, and asked again while something is wrong with it."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from openparticipant.domain.review import Verdict
from openparticipant.errors import NoVerdict
from openparticipant.limits import SECOND
from openparticipant.ports import Clock, CompletedFile
from openparticipant.scanners.failure import Unreachable

_BETWEEN_PROBES = SECOND
_REMEMBERED = 60 * SECOND  # for how long a failure is told that nobody met again

_log = logging.getLogger(__name__)


class Program(Protocol):
    """What a kind of scanner is; see `Scanner`. It raises `NoVerdict` for its own failures."""

    @property
    def name(self) -> str:
        """See `Scanner`."""
        ...

    @property
    def largest(self) -> int | None:
        """See `Scanner`."""
        ...

    async def reach(self) -> None:
        """Raise `Unreachable` with one line, unless the scanner is there."""
        ...

    async def scan(self, file: CompletedFile) -> Verdict:
        """See `Scanner`."""
        ...


class SupervisedScanner:
    """`Scanner` by a program of one kind.

    One that is not there is looked for each second. One that was there and failed is told of until
    it gives a verdict, or until a minute has passed: whether it will do better, only files can show.
    """

    def __init__(self, program: Program, clock: Clock, *, within: float) -> None:
        self._program = program
        self._clock = clock
        self.within = within
        self._trouble: str | None = None
        self._told_until: int | None = None  # None while the scanner is not there
        self._probing: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """See `Scanner`."""
        return self._program.name

    @property
    def largest(self) -> int | None:
        """See `Scanner`."""
        return self._program.largest

    @property
    def trouble(self) -> str | None:
        """See `Engine`."""
        return self._trouble

    @property
    def is_away(self) -> bool:
        """See `Scanner`."""
        return self._trouble is not None and self._told_until is None

    async def scan(self, file: CompletedFile) -> Verdict:
        """See `Scanner`."""
        try:
            async with asyncio.timeout(self.within) as limit:
                verdict = await self._program.scan(file)
        except TimeoutError:
            if not limit.expired():
                raise
            failure = NoVerdict(f"{self.name}: no verdict within {self.within:g} s")
            self._note(failure)
            raise failure from None
        except NoVerdict as error:
            self._note(error)
            raise
        self._trouble = None
        return verdict

    async def close(self) -> None:
        """End the probing."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.wait([self._probing])

    def _note(self, error: NoVerdict) -> None:
        away = isinstance(error, Unreachable)
        self._trouble = f"scanner {error}"
        self._told_until = None if away else self._clock.now() + _REMEMBERED
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while self._trouble is not None:
            await self._clock.sleep(_BETWEEN_PROBES)
            if self._told_until is not None:
                if self._clock.now() >= self._told_until:
                    self._trouble = None
                continue
            try:
                await self._program.reach()
            except NoVerdict as error:
                self._trouble = f"scanner {error}"
            except Exception:  # noqa: BLE001 - a fault of ours must not end the looking
                _log.exception("cannot look for %s", self.name)
            else:
                self._trouble = None
