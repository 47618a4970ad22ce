"""Writes that move an attachment through its states; the transition table is this file.

| from | to | by | unless |
| --- | --- | --- | --- |
| — | PENDING | propose | the contact is full or closed |
| PENDING | COMPLETING | claim | its reservation lapsed and the contact is full |
| COMPLETING | APPROVED | approve, by the attempt that holds it | the contact has ended |
| COMPLETING | SCANNING | `scans.hand_over`, by the attempt that holds it | the contact has ended |
| SCANNING | APPROVED, REJECTED | `scans.conclude`, by the scan that holds it | the contact has ended |
| SCANNING | — | `scans.clear`, once the contact has ended | |
| APPROVED | REMOVED | `removals.remove_old` | |
| COMPLETING | PENDING | release, or settle once the lease has lapsed | |
| PENDING | — | settle, once abandoned | |

An attempt that let its lease lapse is undone before the next one begins: its key stands in the row
until its object is gone, so nobody can lose sight of it. The column `status` knows the first three
states; `review` stands above it, and `removed_at` above both.
"""

from __future__ import annotations

from dataclasses import replace

from openparticipant.domain.attachment import Attachment, Status
from openparticipant.domain.audit import Event
from openparticipant.domain.connection import Caller
from openparticipant.domain.quota import Quota
from openparticipant.domain.transcript import AttachedFile, ItemType, TranscriptItem
from openparticipant.errors import (
    ConflictException,
    ValidationException,
)
from openparticipant.ports import Claim, Claimed, DueAttachment, PendingUpload, Proposal
from openparticipant.request_context import RequestContext
from openparticipant.stores import audit, items, quotas
from openparticipant.stores.connections import gone, lock_open, refuse_unless_open
from openparticipant.stores.write import Row, Statement, Write

COLUMNS = (
    "a.id, c.id, a.participant_id, a.name, a.content_type, a.size,"
    " CASE WHEN a.removed_at IS NULL THEN coalesce(a.review, a.status) ELSE 'removed' END,"
    " a.staging_key, a.final_key, a.url_expires_at"
)
_PROPOSE = """
    INSERT INTO attachments
        (contact_seq, id, participant_seq, participant_id, name, content_type, size, status, held,
         staging_key, start_token, url_expires_at, abandoned_at, due_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', 1, $8, $9, $10, $11, $10)
    ON CONFLICT DO NOTHING
    RETURNING 1
"""
_PROPOSED_BEFORE = f"""
    SELECT {COLUMNS}
    FROM attachments a JOIN contacts c ON c.seq = a.contact_seq
    WHERE (a.contact_seq = $1 AND a.id = $2) OR (a.participant_seq = $3 AND a.start_token = $4)
"""  # noqa: S608 - the only text put in is the constant above
# A new URL is given out, so the reservation lasts as long again; one that lapsed stays so until the
# upload is completed.
_RENEW = """
    UPDATE attachments
    SET url_expires_at = CASE WHEN held = 1 THEN $3 ELSE url_expires_at END,
        abandoned_at = $4,
        due_at = CASE WHEN held = 1 AND $3 < $4 THEN $3 ELSE $4 END
    WHERE contact_seq = $1 AND id = $2 AND status = 'pending'
"""
SELECT = f"""
    SELECT {COLUMNS}
    FROM attachments a JOIN contacts c ON c.seq = a.contact_seq
    WHERE a.contact_seq = $1 AND a.id = $2
"""  # noqa: S608 - as above
SELECT_STAGED = f"""
    SELECT {COLUMNS}
    FROM contacts c
    JOIN attachments a ON a.contact_seq = c.seq
    JOIN participants p ON p.seq = a.participant_seq
    WHERE c.id = $1 AND a.id = $2 AND c.ended_at IS NULL AND p.disconnected_at IS NULL
"""  # noqa: S608 - as above
SELECT_ANY = f"""
    SELECT {COLUMNS}
    FROM contacts c JOIN attachments a ON a.contact_seq = c.seq
    WHERE c.id = $1 AND a.id = $2 AND c.purge_at IS NULL
"""  # noqa: S608 - as above
SELECT_PENDING = f"""
    SELECT a.due_at, a.contact_seq, a.abandoned_at, {COLUMNS}
    FROM attachments a JOIN contacts c ON c.seq = a.contact_seq
    WHERE a.due_at IS NOT NULL AND (a.due_at, a.contact_seq, a.id) > ($1, $2, $3)
      AND a.status = 'pending'
    ORDER BY a.due_at, a.contact_seq, a.id
    LIMIT $4
"""  # noqa: S608 - as above
SELECT_KEPT = f"{SELECT_ANY} AND c.ended_at IS NULL"
_SELECT_TO_CLAIM = f"""
    SELECT {COLUMNS}, a.participant_seq, a.complete_token, a.held
    FROM attachments a JOIN contacts c ON c.seq = a.contact_seq
    WHERE a.contact_seq = $1 AND a.id = $2
"""  # noqa: S608 - as above
_CLAIM = """
    UPDATE attachments
    SET status = 'completing', attempt = $3, final_key = $4, due_at = $5, held = 1
    WHERE contact_seq = $1 AND id = $2
      AND (status = 'pending' OR status = 'completing' AND attempt = $3)
    RETURNING 1
"""
_APPROVE = """
    UPDATE attachments
    SET status = 'approved', complete_token = $4, attempt = NULL, due_at = NULL, approved_at = $5
    WHERE contact_seq = $1 AND id = $2 AND status = 'completing' AND attempt = $3
    RETURNING name, content_type
"""
_APPROVED_BEFORE = """
    SELECT 1 FROM attachments
    WHERE contact_seq = $1 AND id = $2 AND status = 'approved' AND final_key = $3
"""
_RELEASE = """
    UPDATE attachments
    SET status = 'pending', attempt = NULL, final_key = NULL,
        due_at = CASE WHEN abandoned_at < url_expires_at THEN abandoned_at ELSE url_expires_at END
    WHERE id = $2 AND status = 'completing' AND attempt = $3
      AND contact_seq = (SELECT seq FROM contacts WHERE id = $1)
    RETURNING 1
"""
# Taking a due row moves its deadline, which is the lease: if the taker dies, it falls due again.
_TAKE_DUE = f"""
    SELECT a.contact_seq, {COLUMNS}
    FROM attachments a JOIN contacts c ON c.seq = a.contact_seq
    WHERE a.due_at <= $1
    ORDER BY a.due_at
    LIMIT $2
"""  # noqa: S608 - as above
# The attempt of a lapsed completion is voided with it: from here on it can approve nothing, so its
# final key may be cleared. Somebody else may have been quicker, then it is due no more.
_LEASE = """
    UPDATE attachments SET due_at = $3, attempt = NULL
    WHERE contact_seq = $1 AND id = $2 AND due_at <= $4
    RETURNING 1
"""
# By the index of what is due, which has no row of a completed attachment.
_EXPIRE_LEASES = """
    UPDATE attachments SET due_at = $1
    WHERE due_at > $1 AND (status = 'completing' OR removed_at IS NOT NULL)
"""
LOCK = "UPDATE contacts SET updated_at = updated_at WHERE seq = $1"
_UNDO_CLAIM = """
    UPDATE attachments
    SET status = 'pending', attempt = NULL, final_key = NULL,
        due_at = CASE WHEN abandoned_at < url_expires_at THEN abandoned_at ELSE url_expires_at END
    WHERE contact_seq = $1 AND id = $2 AND status = 'completing' AND final_key = $3
"""
_LAPSE_ONE = """
    UPDATE attachments SET held = 0, due_at = abandoned_at
    WHERE contact_seq = $1 AND id = $2 AND status = 'pending' AND held = 1 AND url_expires_at <= $3
    RETURNING 1
"""
_CLEARED = "UPDATE attachments SET due_at = NULL WHERE contact_seq = $1 AND id = $2"
_FORGET = """
    DELETE FROM attachments
    WHERE contact_seq = $1 AND id = $2 AND status = 'pending' AND abandoned_at <= $3
    RETURNING held
"""


def attachment(row: Row) -> Attachment:
    """Read the columns shared by all SELECTs here."""
    id_, contact_id, participant_id, name, content_type, size, status, *keys, url_expires_at = row
    staging_key, final_key = keys
    return Attachment(
        id_,
        contact_id,
        participant_id,
        name,
        content_type,
        size,
        Status(status),
        staging_key,
        final_key,
        url_expires_at,
    )


def pending(row: Row) -> PendingUpload:
    """Read a row of `SELECT_PENDING`."""
    due_at, contact_seq, abandoned_at, *columns = row
    it = attachment(columns)
    return PendingUpload((due_at, contact_seq, it.id), abandoned_at, it)


def propose(
    caller: Caller, new: Proposal, quota: Quota, now: int, by: RequestContext
) -> Write[Attachment]:
    """Reserve an attachment; see `ContactStore.propose`."""
    it = new.attachment
    rows = yield (
        _PROPOSE,
        (
            caller.contact_seq,
            it.id,
            caller.seq,
            caller.participant_id,
            it.name,
            it.content_type,
            it.size,
            it.staging_key,
            new.client_token,
            it.url_expires_at,
            new.abandoned_at,
        ),
    )
    if not rows:
        before = yield from _propose_again(caller, new, now)
        if before.id != it.id:  # else this very call is made again, since nobody heard of it
            yield _recorded(Event.UPLOAD_STARTED, caller, before.id, now, by)
        return before
    yield from quotas.hold(caller, it, quota, now)
    yield from quotas.check_instance(caller, quota)
    yield _recorded(Event.UPLOAD_STARTED, caller, it.id, now, by)
    return it


def _propose_again(caller: Caller, new: Proposal, now: int) -> Write[Attachment]:
    yield from refuse_unless_open(caller, now)
    it = new.attachment
    names = (caller.contact_seq, it.id, caller.seq, new.client_token)
    (row,) = yield _PROPOSED_BEFORE, names
    before = attachment(row)
    if (before.name, before.content_type, before.size) != (it.name, it.content_type, it.size):
        raise ValidationException("ClientToken was used before with other parameters.")
    yield _RENEW, (caller.contact_seq, before.id, it.url_expires_at, new.abandoned_at)
    return before


def claim(caller: Caller, new: Claim, quota: Quota, now: int) -> Write[Claimed]:
    """Move an attachment to COMPLETING; see `ContactStore.claim`."""
    is_open = yield from lock_open(caller, now)
    rows = yield _SELECT_TO_CLAIM, (caller.contact_seq, new.attachment_id)
    if not rows:
        raise unknown()
    *columns, participant_seq, complete_token, held = rows[0]
    it = attachment(columns)
    if participant_seq != caller.seq:
        raise unknown()
    if it.status.is_completed:
        if new.client_token is None or new.client_token != complete_token:
            raise ConflictException("The attachment has been completed already.")
        return Claimed(granted=False, done=True, attachment=it)
    if not is_open:
        raise gone()
    if not held:
        # It is about to be complete, so it is not one more that may stay pending.
        yield from quotas.hold(caller, it, replace(quota, pending=None), now)
    key = (caller.contact_seq, it.id)
    claimed = yield _CLAIM, (*key, new.attempt, new.final_key, new.lease_until)
    if not held:
        yield from quotas.check_instance(caller, quota)
    if claimed:
        it = replace(it, status=Status.PENDING, final_key=None)  # also where it is claimed again
    return Claimed(granted=bool(claimed), done=False, attachment=it)


def unknown() -> ValidationException:
    """Word the one answer to an id that is not there and to a stranger's."""
    return ValidationException("There is no attachment with this id.")


def offered(caller: Caller, attachment_id: str, now: int, by: RequestContext) -> Write[None]:
    """Record that a download is offered; see `ContactStore.offered`."""
    yield _recorded(Event.DOWNLOAD_OFFERED, caller, attachment_id, now, by)


def completed(caller: Caller, held: Claim, now: int, by: RequestContext) -> Statement:
    """Return what records a completion, with or without scanners."""
    return _recorded(Event.UPLOAD_COMPLETED, caller, held.attachment_id, now, by)


def _recorded(
    event: Event, caller: Caller, attachment_id: str, now: int, by: RequestContext
) -> Statement:
    return audit.entry(
        event,
        now,
        by,
        actor=caller.participant_id,
        contact_id=caller.contact_id,
        attachment_id=attachment_id,
    )


def approve(
    caller: Caller, held: Claim, item_id: str, now: int, by: RequestContext
) -> Write[TranscriptItem | None]:
    """Record a completed file and its item; see `ContactStore.approve`."""
    is_open = yield from lock_open(caller, now)
    key = (caller.contact_seq, held.attachment_id)
    rows = yield _APPROVE, (*key, held.attempt, held.client_token, now)
    if not rows:
        # No other attempt shares its key.
        if (yield _APPROVED_BEFORE, (*key, held.final_key)):
            return (yield from items.find(caller.contact_id, item_id))
        return None
    if not is_open:
        raise gone()
    yield completed(caller, held, now, by)
    ((name, content_type),) = rows
    return (
        yield from items.append(
            contact_seq=caller.contact_seq,
            participant_seq=caller.seq,
            author=caller.participant,
            item_id=item_id,
            type=ItemType.ATTACHMENT,
            now=now,
            attachment=AttachedFile(held.attachment_id, name, content_type),
        )
    )


def release(contact_id: str, held: Claim) -> Write[bool]:
    """Give an attempt up; see `ContactStore.release`."""
    return bool((yield _RELEASE, (contact_id, held.attachment_id, held.attempt)))


def take_due(now: int, lease: int, limit: int) -> Write[list[DueAttachment]]:
    """Lease attachments whose deadline has passed; see `ContactStore.due_attachments`."""
    rows = yield _TAKE_DUE, (now, limit)
    found = [DueAttachment(contact_seq, attachment(columns)) for contact_seq, *columns in rows]
    taken = []
    # In one order for all takers, so that no two ever wait for each other.
    for due in sorted(found, key=lambda due: (due.contact_seq, due.attachment.id)):
        contact_seq = due.contact_seq
        if (yield _LEASE, (contact_seq, due.attachment.id, now + lease, now)):
            taken.append(due)
    return taken


def expire_leases(now: int) -> Write[None]:
    """Let every running completion lapse, and every removal; see `ContactStore.expire_leases`."""
    yield _EXPIRE_LEASES, (now,)


def settle(due: DueAttachment, now: int) -> Write[bool]:
    """Apply a deadline that has passed; see `ContactStore.settle`."""
    key = (due.contact_seq, due.attachment.id)
    yield LOCK, (due.contact_seq,)
    if due.attachment.status is Status.REMOVED:
        yield _CLEARED, key
        return False
    if due.attachment.status is Status.COMPLETING:
        yield _UNDO_CLAIM, (*key, due.attachment.final_key)
    freed = 1 if (yield _LAPSE_ONE, (*key, now)) else 0
    forgotten = yield _FORGET, (*key, now)
    if forgotten and forgotten[0][0]:
        freed += 1
    if freed:
        yield quotas.FREE, (due.contact_seq, freed)
    return bool(forgotten)
