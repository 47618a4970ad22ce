"""Completed files are shown to scanners, in the background, before others may have them.

Each is a row with a lease, so that any node may take it and none that dies takes it along. A scanner
that answers decides. One that does not holds the file: it is shown again, for as long as the operator
waits, and then rejected. Nothing is approved that not every scanner has approved.

What is rejected loses its bytes after the verdict was recorded, from which there is no way back, and
the row of the scan stays until they are gone: a crash between the two only delays that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from openparticipant.domain.review import Verdict
from openparticipant.errors import AccessDeniedException, NoVerdict, Unavailable
from openparticipant.limits import MINUTE, SECOND
from openparticipant.ports import CompletedFile, DueScan, Ports

AT_ONCE = 4
"""Files that a node shows to scanners at the same time.

A clamd has ten threads, and often other clients; and what is read for scanners goes through the
event loop that chats live on, 256 KiB at a time.
"""
_MARGIN = 30 * SECOND  # of a lease, beyond what scanners may take
_LONGEST_NAP = SECOND
# Between two tries. What no scanner that is there can judge takes its time from other files.
_LONGEST_PAUSE = 15 * MINUTE
_LONGEST_PAUSE_AWAY = 15 * SECOND

_log = logging.getLogger(__name__)


class Reviewer:
    """Has this node's share of the completed files scanned."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._running: dict[asyncio.Task[None], DueScan] = {}
        self.waiting = 0

    async def watch(self) -> None:
        """Take up scans as they fall due, until cancelled."""
        try:
            while True:
                self._ports.scanning.handed_over.clear()
                nap = _LONGEST_NAP
                try:
                    nap = await self._look()
                except Unavailable as error:
                    _log.warning("files wait to be scanned: %s", error)
                except Exception:  # noqa: BLE001 - no fault may end the watch
                    _log.exception("files wait to be scanned")
                await self._rest(nap)
        finally:
            await self._give_back()

    async def _look(self) -> int:
        """Take up as much as is due and there is room for; return how long to rest then."""
        backlog = await self._ports.store.scan_backlog()
        self.waiting = backlog.waiting
        room = AT_ONCE - len(self._running)
        if not room or backlog.due_at is None:
            return _LONGEST_NAP
        ahead = backlog.due_at - self._ports.clock.now()
        if ahead > 0:
            return min(ahead, _LONGEST_NAP)
        taking = asyncio.ensure_future(take(self._ports, room))
        try:
            taken = await asyncio.shield(taking)
        except asyncio.CancelledError:
            # Leased already, perhaps: those are given back like all others.
            await asyncio.wait([taking])
            if taking.exception() is None:
                self._begin(taking.result())
            raise
        self._begin(taken)
        return 0 if taken and len(self._running) < AT_ONCE else _LONGEST_NAP

    def _begin(self, taken: Sequence[DueScan]) -> None:
        for due in taken:
            task = asyncio.create_task(review(self._ports, due))
            self._running[task] = due
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            del self._running[task]
            self._ports.scanning.handed_over.set()

    async def _rest(self, millis: int) -> None:
        """Return after a while, or once there is something new."""
        waits = [
            asyncio.ensure_future(self._ports.clock.sleep(millis)),
            asyncio.ensure_future(self._ports.scanning.handed_over.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _give_back(self) -> None:
        """Break off what runs, so that another node need not wait for the leases to lapse."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)
        broken_off = [due for task, due in self._running.items() if task.cancelled()]
        for due in broken_off:
            try:
                now = self._ports.clock.now()
                await self._ports.store.postpone(due, until=now, tries=due.tries)
            except Unavailable as error:
                _log.warning("attachment %s is scanned late: %s", due.attachment.id, error)


async def take(ports: Ports, limit: int) -> list[DueScan]:
    """Lease scans for as long as the scanners may take.

    Without a scanner, or while one is away, only what was held for too long: other nodes may have
    theirs, and to show files to one that is away tells nothing new.
    """
    scanning, now = ports.scanning, ports.clock.now()
    within = sum(scanner.within for scanner in scanning.scanners)
    return await ports.store.due_scans(
        now=now,
        lease=int(within * SECOND) + _MARGIN,
        limit=limit,
        handed_over_by=now if scanning.is_able else now - scanning.hold.millis,
    )


async def review(ports: Ports, due: DueScan) -> None:
    """Carry one scan as far as it goes; what is left undone falls due again."""
    try:
        if not due.is_void:
            verdict = await _judged(ports, due)
            if verdict is None or await _recorded(ports, due, verdict):
                return
        await _clear(ports, due)
    except Unavailable as error:
        _log.warning("attachment %s is dealt with later: %s", due.attachment.id, error)
    except Exception:  # noqa: BLE001 - it falls due again
        _log.exception("attachment %s is dealt with later", due.attachment.id)


async def _judged(ports: Ports, due: DueScan) -> Verdict | None:
    """Return the verdict, None where it was put off."""
    tries = due.tries + 1
    try:
        return await _asked(ports, due)
    except NoVerdict as error:
        reason = str(error)
    except Unavailable as error:
        # Nobody has looked: the file could not be had.
        reason, tries = str(error), due.tries
    except Exception:  # noqa: BLE001 - a scanner that fails has not approved
        _log.exception("a scanner failed on attachment %s", due.attachment.id)
        reason = "it failed"
    scanning, now = ports.scanning, ports.clock.now()
    if scanning.hold.is_over(since=due.handed_over_at, tries=tries, now=now):
        _log.warning("attachment %s is rejected unscanned: %s", due.attachment.id, reason)
        return Verdict(is_approved=False, finding="unscanned")
    if tries == 1 and not due.tries:  # told once: what is wrong with a scanner is told elsewhere
        _log.warning("attachment %s is held: %s", due.attachment.id, reason)
    longest = _LONGEST_PAUSE if scanning.is_able else _LONGEST_PAUSE_AWAY
    until = now + scanning.hold.pause(max(tries, 1), longest=longest)
    until = min(until, due.handed_over_at + scanning.hold.millis)
    await ports.store.postpone(due, until=until, tries=tries)
    return None


async def _asked(ports: Ports, due: DueScan) -> Verdict:
    """Ask the scanners, one after the other. Raises Unavailable unless all that matter answered."""
    if not ports.scanning.scanners:
        raise NoVerdict("no scanner is set any more")
    file = due.attachment
    assert file.final_key is not None
    completed = CompletedFile(
        file, due.instance_id, due.handed_over_at, file.final_key, ports.objects, ports.clock
    )
    verdict = Verdict(is_approved=False)
    for scanner in ports.scanning.scanners:
        verdict = await scanner.scan(completed)
        if not verdict.is_approved:
            found = f": {verdict.finding}" if verdict.finding else ""
            _log.warning("attachment %s is rejected by %s%s", file.id, scanner.name, found)
            break
    return verdict


async def _recorded(ports: Ports, due: DueScan, verdict: Verdict) -> bool:
    """Record a verdict, and tell; return whether nothing is left to do."""
    try:
        item = await ports.store.conclude(
            due,
            ports.ids.uuid(),
            is_approved=verdict.is_approved,
            finding=verdict.finding or None,
            now=ports.clock.now(),
        )
    except AccessDeniedException:
        return False  # the contact has ended: nobody gets it
    if item is None:
        return True  # somebody else has taken it
    try:
        if not verdict.is_approved:
            await _clear(ports, due)
    finally:
        ports.bus.publish(item)
    return True


async def _clear(ports: Ports, due: DueScan) -> None:
    """Remove the bytes in both places, then forget the scan."""
    file = due.attachment
    assert file.final_key is not None
    await ports.objects.discard(file.final_key)
    await ports.objects.discard(file.staging_key)
    await ports.store.clear(due, now=ports.clock.now())
