"""What is wrong with the store now, told until it works again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator

from openparticipant.errors import Refused, Unavailable
from openparticipant.limits import SECOND
from openparticipant.ports import Clock

_BETWEEN_PROBES = SECOND
_REMEMBERED = 60 * SECOND  # for how long a refusal is told that nobody met again

_log = logging.getLogger(__name__)


class Trouble:
    """Knows the last failures.

    An outage ends with the next success of anything, which `probe` looks for meanwhile. A refusal
    is of one doing alone, as permissions are: the store may well do all else.
    """

    def __init__(self, probe: Callable[[], Awaitable[object]], clock: Clock) -> None:
        self._probe = probe
        self._clock = clock
        self._outage: str | None = None
        self._refusals: dict[str, tuple[str, int]] = {}
        self._probing: asyncio.Task[None] | None = None

    @property
    def line(self) -> str | None:
        """What is wrong, in one line; None while nothing is."""
        if self._outage is not None:
            return self._outage
        now = self._clock.now()
        told = (line for line, at in self._refusals.values() if now - at < _REMEMBERED)
        return next(told, None)

    @contextlib.contextmanager
    def noting(self, doing: str, *, proves: bool = True) -> Iterator[None]:
        """Learn from how something goes; a success says nothing of the store if not `proves`."""
        try:
            yield
        except Refused as error:
            if proves:
                self._works()
            if doing not in self._refusals:
                _log.warning("%s, asked to %s", error, doing)
            self._refusals[doing] = f"{error}, asked to {doing}", self._clock.now()
            raise
        except Unavailable as error:
            self._fails(str(error))
            raise
        else:
            if proves:
                self._works()
            self._refusals.pop(doing, None)

    async def close(self) -> None:
        """End the probing."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.wait([self._probing])

    def _works(self) -> None:
        if self._outage is not None:
            self._outage = None
            _log.info("object store: works again")

    def _fails(self, line: str) -> None:
        if self._outage is None:
            _log.warning("%s", line)
        self._outage = line
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while self._outage is not None:
            await self._clock.sleep(_BETWEEN_PROBES)
            with contextlib.suppress(Unavailable), self.noting("answer"):
                await self._probe()
