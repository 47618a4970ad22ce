"""PurgeContact: remove all that there is of a contact."""

from __future__ import annotations

from openparticipant.errors import InvalidRequestException, ResourceNotFoundException
from openparticipant.operations import deadlines
from openparticipant.ports import OperatorPorts, StillOpenError
from openparticipant.wire import admin as wire


async def purge_contact(
    ports: OperatorPorts, request: wire.PurgeContactRequest
) -> wire.PurgeContactResponse:
    """Mark a contact, and remove it as far as that can be done now.

    Nobody is shown anything of it from the mark on. What is left is removed by whichever node is
    there, at the latest when the lease of a completion under way has ended; without a server, by the
    next one that starts.
    """
    try:
        marked = await ports.store.mark_for_purge(
            request.contact_id, ports.ids.uuid(), end=request.end_first, now=ports.clock.now()
        )
    except StillOpenError:
        raise InvalidRequestException(
            "The contact is open: end it first, or with the purge (EndFirst, --end)."
        ) from None
    if not marked.is_there:
        raise ResourceNotFoundException("There is no contact with this ContactId.")
    if ports.running is not None:
        if marked.ended is not None:
            ports.running.ports.bus.publish(marked.ended)
        await deadlines.work_off(ports.running.ports)
    is_left = await ports.store.is_marked_for_purge(request.contact_id)
    return wire.PurgeContactResponse(
        contact_id=request.contact_id, state="PURGING" if is_left else "PURGED"
    )
