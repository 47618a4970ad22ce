"""Contacts that are to be removed lose their bytes, then their rows; what is old is marked for it.

The mark is a row with a deadline, so any node goes on where one has died. That of an attachment is
one of its own, which `deadlines` works off.
"""

from __future__ import annotations

import logging

from openparticipant.errors import Unavailable
from openparticipant.ports import DuePurge, Ports

_LEASE = 60_000  # milliseconds to remove one batch
_BATCH = 20

_log = logging.getLogger(__name__)


async def work_off(ports: Ports) -> int:
    """Remove a batch of what is due, and mark one of what is old; return how much it was."""
    now = ports.clock.now()
    old = 0
    if (retention := ports.policy.retention) is not None:
        old = await ports.store.mark_old_for_purge(ended_by=now - retention, now=now, limit=_BATCH)
    if (retention := ports.policy.attachment_retention) is not None:
        old += await ports.store.remove_old_attachments(
            approved_by=now - retention, now=now, limit=_BATCH
        )
    taken = await ports.store.due_purges(now=now, lease=_LEASE, limit=_BATCH)
    for due in taken:
        try:
            await _remove(ports, due)
        except Unavailable as error:  # leased until then, it falls due again
            _log.warning("contact %s is removed later: %s", due.contact_id, error)
    return old + len(taken)


async def _remove(ports: Ports, due: DuePurge) -> None:
    for file in due.files:
        if file.final_key is not None:
            await ports.objects.discard(file.final_key)
        await ports.objects.discard(file.staging_key)
    await ports.store.purge(due, now=ports.clock.now())
