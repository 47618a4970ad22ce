"""One node among those that share a database: on their list while it lives, off it when it ends.

A node says every few seconds that it is there. One that has said nothing for the length of a lease
counts as dead: then another one may start that excludes it. So a node that finds itself counted out,
because it was frozen or cut off for so long, asks again whether it may be here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from openparticipant.errors import Unavailable
from openparticipant.limits import CLOCK_TOLERANCE, NODE_HEARTBEAT, NODE_LEASE, SECOND
from openparticipant.ports import Clock, NodeEntry, NodeRegistry

_DRIFT = 100  # milliseconds; less is the way to the database and back

_log = logging.getLogger(__name__)


class NotWelcomeError(Exception):
    """A node may not run beside what else runs on its database; one line for the operator."""


class Membership:
    """The place of this node among those of its database.

    `rename` gives the node another id, for good, and returns it. Where the database has a clock of
    its own, the node's must not be far off it; `agree` sets the node's clock to an instant, so that
    nodes agree on what is due.
    """

    def __init__(
        self,
        registry: NodeRegistry,
        clock: Clock,
        entry: NodeEntry,
        *,
        rename: Callable[[], str],
        agree: Callable[[int], None] | None,
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._entry = entry
        self._rename = rename
        self._agree = agree
        self.trouble: str | None = None
        """What is wrong with this node's clock now, in one line."""
        self.over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Done once this node may not go on, with one line that says why."""

    async def join(self) -> None:
        """Enter the list, in the place of an earlier life of this node.

        Raises NotWelcomeError: the clock is wrong, or another node is there and one of the two is
        of the kind that is alone.
        """
        now = await self._look_at_the_clock()
        if self.trouble is not None:
            raise NotWelcomeError(f"{self.trouble}; set it first, by NTP for instance")
        await self._register(replace(self._entry, started_at=now), now)

    async def watch(self) -> None:
        """Stay on the list until cancelled, or until it turns out that this node may not."""
        while True:
            await self._clock.sleep(NODE_HEARTBEAT)
            try:
                await self.stay()
            except NotWelcomeError as error:
                _log.error("%s", error)
                self.over.set_result(str(error))
                return
            except Unavailable as error:
                _log.warning("the list of nodes waits: %s", error)
            except Exception:  # noqa: BLE001 - no fault may end the watch
                _log.exception("the list of nodes waits")

    async def leave(self) -> None:
        """Leave the list, so that whoever comes next need not wait for the lease to end."""
        try:
            await self._registry.remove(self._entry)
        except Unavailable as error:
            _log.warning("this node stays on the list until its lease ends: %s", error)

    async def stay(self) -> None:
        """Say that this node is still there. Raises NotWelcomeError where it may not be any more."""
        now = await self._look_at_the_clock()
        if await self._registry.renew(self._entry, now=now, silent_since=now - NODE_LEASE):
            return
        _log.warning("this node counted as dead: nothing was heard of it for too long")
        lives = {each.id: each.life for each in await self._registry.listed()}
        entry = self._entry
        if lives.get(entry.id, entry.life) != entry.life:
            # Two nodes cannot hold one directory, so this one is on a copy, or the other one is.
            entry = replace(entry, id=self._rename())
            _log.warning("another node has the id of this one; its id is %s from now on", entry.id)
        await self._register(entry, now)

    async def _register(self, entry: NodeEntry, now: int) -> None:
        entry = replace(entry, seen_at=now)
        other = await self._registry.register(entry, silent_since=now - NODE_LEASE)
        if other is not None:
            raise NotWelcomeError(_why_not_beside(other, entry))
        self._entry = entry

    async def _look_at_the_clock(self) -> int:
        """Return the database's time; what it says about ours is the trouble, or there is none."""
        earliest = self._clock.now()
        now = await self._registry.now()
        latest = self._clock.now()
        if self._agree is None:
            return now
        off = max(earliest - now, now - latest)
        if off > CLOCK_TOLERANCE:
            # Which of the two is wrong cannot be told from here; a clock that jumps ends tokens.
            side = "ahead of" if earliest > now else "behind"
            self.trouble = f"clock: {off // SECOND} s {side} the database's"
        else:
            self.trouble = None
            if off > _DRIFT:
                self._agree(now)
        return now


def _why_not_beside(other: NodeEntry, entry: NodeEntry) -> str:
    seen = max(0, entry.seen_at - other.seen_at) // SECOND
    who = f"another node ({other.host}, process {other.pid}, seen {seen} s ago)"
    if other.stands_on:
        what = f"already runs on this database with {other.stands_on}"
    else:
        what = f"already runs on this database, and this one would with {entry.stands_on}"
    return f"{who} {what}; many nodes need postgresql://, s3:// and nats://"
