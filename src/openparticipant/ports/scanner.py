"""Who looks at completed files before others may have them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from openparticipant.domain.attachment import Attachment
from openparticipant.domain.review import Hold, Verdict
from openparticipant.ports.clock import Clock
from openparticipant.ports.object_store import ObjectStore, Offer


@dataclass(frozen=True, slots=True)
class CompletedFile:
    """A completed file as a scanner gets it: what is known of it, and two ways to its bytes."""

    attachment: Attachment
    instance_id: str
    completed_at: int
    key: str
    objects: ObjectStore
    clock: Clock

    def read(self) -> AbstractAsyncContextManager[AsyncIterator[bytes] | None]:
        """Give its bytes piece by piece; see `ObjectStore.read`."""
        return self.objects.read(self.key)

    async def offer(self, *, lasting: int) -> Offer:
        """Sign a GET of it for `lasting` seconds."""
        return await self.objects.offer(self.key, at=self.clock.now(), lasting=lasting)


class Scanner(Protocol):
    """One scanner; it is an `Engine`.

    `name` tells it from others in logs and metrics and holds no secret. `largest` is the size in
    bytes of the largest file that it takes, None where there is no such bound; `within` how many
    seconds a scan takes at most.
    """

    @property
    def name(self) -> str:
        """See above."""
        ...

    @property
    def largest(self) -> int | None:
        """See above."""
        ...

    @property
    def within(self) -> float:
        """See above."""
        ...

    @property
    def trouble(self) -> str | None:
        """See `Engine`."""
        ...

    @property
    def is_away(self) -> bool:
        """Whether it is known not to be there; it finds out by itself when it is again."""
        ...

    async def scan(self, file: CompletedFile) -> Verdict:
        """Say whether a file may be had by others.

        Only what it answered is a verdict. Raises `NoVerdict` where it gave none, `Unavailable`
        where the file could not be had; in either case it is to be shown to it again.
        """
        ...


@dataclass(frozen=True)
class Scanning:
    """The scanners of this node, in order: all have to approve, the first that does not decides.

    With none, files are approved as they are completed. `handed_over` is set when there is a new
    one, so that whoever works on them need not wait for the next look.
    """

    scanners: Sequence[Scanner]
    hold: Hold
    handed_over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_able(self) -> bool:
        """Whether there are scanners, and all of them are there as far as is known."""
        return bool(self.scanners) and not any(it.is_away for it in self.scanners)

    @property
    def trouble(self) -> str | None:
        """What is wrong with the first scanner that something is wrong with; see `Engine`."""
        return next((it.trouble for it in self.scanners if it.trouble), None)
