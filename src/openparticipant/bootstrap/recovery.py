"""What a start undoes of what a crash left half done."""

from __future__ import annotations

import logging

from openparticipant.domain.attachment import locate
from openparticipant.objects.disk import DiskObjects
from openparticipant.operations import deadlines
from openparticipant.ports import Ports

_log = logging.getLogger(__name__)


async def recover(ports: Ports, disk: DiskObjects | None, *, alone: bool) -> None:
    """Undo what a crash left half done; `disk` is the built-in store of objects, if that is used.

    Leases are cut short only by a node that is alone for certain; those of others run out.
    """

    async def wanted(key: str) -> bool:
        named = locate(key)
        attachment = await ports.store.staged(*named) if named else None
        return (
            attachment is not None
            and attachment.staging_key == key
            and not attachment.status.is_completed
        )

    if alone:
        await ports.store.expire_leases(now=ports.clock.now())
    settled = await deadlines.work_off(ports)
    # A bucket forgets by itself what is staged for too long.
    discarded = await disk.recover(wanted) if disk else 0
    if settled or discarded:
        _log.info("recovered: %d deadlines settled, %d objects discarded", settled, discarded)
