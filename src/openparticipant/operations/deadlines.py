"""Deadlines are rows; this works them off.

An upload URL that expired frees its place in the quota, an abandoned attachment vanishes with its
bytes, a completion whose lease lapsed is undone, an old attachment loses its bytes, a contact ends
that nobody came to or whose duration is over, and one that is to be removed is. Whoever takes a row
leases it, so a node that dies in the middle leaves nothing undone for long.
"""

from __future__ import annotations

import logging

from openparticipant.domain.attachment import Status
from openparticipant.errors import Unavailable
from openparticipant.operations import purging
from openparticipant.ports import DueAttachment, Ports

_LEASE = 60_000  # milliseconds to settle one batch
_BATCH = 100
_LONGEST_NAP = 1_000  # milliseconds; a nearer deadline may come up meanwhile

_log = logging.getLogger(__name__)


async def watch(ports: Ports) -> None:
    """Work deadlines off as they fall due, until cancelled."""
    waits = False
    while True:
        nap = _LONGEST_NAP
        try:
            due = await ports.store.next_deadline(
                retention=ports.policy.retention,
                attachment_retention=ports.policy.attachment_retention,
            )
            if due is not None:
                nap = due - ports.clock.now()
            if nap <= 0:
                await work_off(ports)
            waits = False
        except Unavailable as error:
            if not waits:  # once an outage, not once a second
                _log.warning("deadlines wait: %s", error)
            waits = True
            nap = _LONGEST_NAP
        except Exception:  # noqa: BLE001 - no fault may end the watch
            _log.exception("deadlines wait")
            nap = _LONGEST_NAP
        await ports.clock.sleep(max(1, min(nap, _LONGEST_NAP)))


async def work_off(ports: Ports) -> int:
    """Settle everything that is due now; return how much it was."""
    settled = 0
    while True:
        now = ports.clock.now()
        taken = await ports.store.due_attachments(now=now, lease=_LEASE, limit=_BATCH)
        for due in taken:
            try:
                await _settle(ports, due)
            except Unavailable as error:  # leased until then, it falls due again
                _log.warning("attachment %s is settled later: %s", due.attachment.id, error)
        ended = await ports.store.end_expired_contacts(now=now, limit=_BATCH)
        for item in ended:
            ports.bus.publish(item)
        removed = await purging.work_off(ports)
        if not taken and not ended and not removed:
            return settled
        settled += len(taken) + len(ended) + removed


async def _settle(ports: Ports, due: DueAttachment) -> None:
    """Apply one deadline, in the order that leaves no object without a row for long.

    Taking the row voided the attempt, so its key can be cleared before the row forgets it. The
    staged bytes go after their row: until then an upload may still be about to put them there.
    """
    attachment = due.attachment
    has_to_go = attachment.status in {Status.COMPLETING, Status.REMOVED}
    if has_to_go and attachment.final_key is not None:
        await ports.objects.discard(attachment.final_key)
    if attachment.status is Status.REMOVED:  # what its completion could not discard
        await ports.objects.discard(attachment.staging_key)
    if await ports.store.settle(due, now=ports.clock.now()):
        await ports.objects.discard(attachment.staging_key)
