"""Who is there: a participant comes once, and others are told."""

from __future__ import annotations

from openparticipant.domain.connection import Caller
from openparticipant.ports import Ports


async def join(ports: Ports, caller: Caller) -> None:
    """Note that a participant has come, which others are told the first time.

    Raises AccessDeniedException if the contact ended or the participant left meanwhile.
    """
    item = await ports.store.join(caller, ports.ids.uuid(), now=ports.clock.now())
    if item is not None:
        ports.bus.publish(item)
