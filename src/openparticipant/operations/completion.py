"""How an upload becomes an attachment that nobody can change any more.

Claim the attachment with a lease and a key of this attempt's own; look at the staged object; keep
exactly what was seen under that key; look into it there; record it together with the transcript item, or where there
are scanners, together with the work for them. No URL can write the key, no two attempts share one,
and an attempt that lost its lease records nothing. So whatever else happens meanwhile, the file that
was checked is the file that is scanned and shown.
"""

from __future__ import annotations

import logging

from openparticipant.domain.attachment import Attachment
from openparticipant.domain.connection import Caller
from openparticipant.domain.contents import CheckMode
from openparticipant.domain.filetypes import OCTET_STREAM
from openparticipant.errors import (
    ConflictException,
    ServiceError,
    Unavailable,
    ValidationException,
)
from openparticipant.limits import COMPLETION_LEASE, COMPLETION_PATIENCE
from openparticipant.ports import Claim, Ports, StoredObject

_POLL = 50  # milliseconds between two looks at another attempt's outcome

_log = logging.getLogger(__name__)


async def complete(
    ports: Ports, caller: Caller, attachment_id: str, client_token: str | None
) -> None:
    """Complete an attachment of the caller's, or find that this client token already did.

    Raises ValidationException (unknown, not uploaded or not as announced: it stays pending),
    ConflictException (completed under another token, or under way elsewhere for more than 2 s),
    ServiceQuotaExceededException or AccessDeniedException.
    """
    attachment = await ports.store.attachment(caller, attachment_id)
    if attachment is None:
        raise ValidationException("There is no attachment with this id.")
    give_up_at = ports.clock.now() + COMPLETION_PATIENCE
    while True:
        now = ports.clock.now()
        attempt = ports.ids.uuid()
        claim = Claim(
            attachment_id=attachment.id,
            attempt=attempt,
            final_key=attachment.final_key_of(attempt),
            client_token=client_token,
            lease_until=now + COMPLETION_LEASE,
        )
        claimed = await ports.store.claim(caller, claim, quota=ports.policy.quota, now=now)
        if claimed.done:
            return
        if claimed.granted and await _finish(ports, caller, claim, claimed.attachment):
            return
        if now >= give_up_at:
            raise ConflictException("The attachment is being completed by another request.")
        await ports.clock.sleep(_POLL)


async def _finish(ports: Ports, caller: Caller, claim: Claim, attachment: Attachment) -> bool:
    """Carry a granted claim out; False means that its lease was lost on the way."""
    try:
        await _keep(ports, claim, attachment)
    except Exception as error:
        await _give_up(ports, caller, claim, written=not _changed_nothing(error))
        raise
    try:
        await _look_into(ports, caller, claim, attachment)
    except LookupError:  # who undid this attempt, since its lease had ended, took the object away
        await _give_up(ports, caller, claim)
        return False
    except Exception:
        await _give_up(ports, caller, claim)
        raise
    try:
        recorded = await _record(ports, caller, claim)
    except ServiceError:  # Unavailable leaves open whether it was recorded: the lease's end decides
        await _give_up(ports, caller, claim)
        raise
    if not recorded:
        await ports.objects.discard(claim.final_key)
        return False
    try:
        await ports.objects.discard(attachment.staging_key)
    except Unavailable as error:  # complete all the same; what is staged has no use any more
        _log.warning("staged bytes of a completed attachment remain: %s", error)
    return True


async def _record(ports: Ports, caller: Caller, claim: Claim) -> bool:
    """Show the file to the contact, or leave it to the scanners; False means that the lease is lost."""
    now = ports.clock.now()
    if ports.scanning.scanners:
        if not await ports.store.hand_over(caller, claim, now=now):
            return False
        ports.scanning.handed_over.set()
        return True
    item = await ports.store.approve(caller, claim, ports.ids.uuid(), now=now)
    if item is None:
        return False
    ports.bus.publish(item)
    return True


async def _keep(ports: Ports, claim: Claim, attachment: Attachment) -> None:
    """Bring the staged object, checked, to the claim's key; begin again if it is replaced."""
    while True:
        seen = await ports.objects.look(attachment.staging_key)
        if await ports.objects.keep(_checked(seen, attachment), claim.final_key):
            return
        if ports.clock.now() >= claim.lease_until:
            raise ConflictException("The file was replaced again and again while it was checked.")


async def _look_into(ports: Ports, caller: Caller, claim: Claim, attachment: Attachment) -> None:
    """Refuse a file whose bytes are not what was announced.

    Looked at where only this attempt can write: what is judged is what is recorded.
    """
    mode = ports.policy.content_checks.of(caller.instance_id)
    if mode is CheckMode.OFF:
        return
    fault = await ports.inspector.fault(attachment, claim.final_key)
    if fault is None:
        return
    if mode is CheckMode.ENFORCE:
        raise ValidationException(fault.sentence)
    _log.warning("attachment %s passed all the same: %s", attachment.id, fault.sentence)


def _checked(seen: StoredObject | None, attachment: Attachment) -> StoredObject:
    if seen is None:
        raise ValidationException("The file has not been uploaded yet.")
    if seen.size != attachment.size:
        raise ValidationException(
            f"The uploaded file has {seen.size} bytes; {attachment.size} were announced."
        )
    announced = attachment.content_type.lower()
    # Who does not know the type says so, and some stores then write down what the name suggests.
    if announced not in {seen.content_type.lower(), OCTET_STREAM}:
        raise ValidationException(
            f"The file was uploaded as {seen.content_type}; {attachment.content_type} was announced."
        )
    return seen


def _changed_nothing(error: Exception) -> bool:
    """Tell whether by the object store's word nothing lies at the key of the attempt."""
    return isinstance(error, ServiceError) or (isinstance(error, Unavailable) and error.untouched)


async def _give_up(ports: Ports, caller: Caller, claim: Claim, *, written: bool = True) -> None:
    """Undo a claim that is known not to be approved; its key, if `written`, is this attempt's own.

    The row forgets the key last, so that no crash can leave an object that no row speaks of.
    """
    try:
        if written:
            await ports.objects.discard(claim.final_key)
        await ports.store.release(caller.contact_id, claim)
    except Unavailable as error:  # the lease runs out and the deadline does the same
        _log.warning("a completion could not be undone now: %s", error)
