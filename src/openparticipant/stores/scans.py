"""Writes that take a completed file through its review; the states stand in `attachments`.

A scan is a row with a lease. Whoever takes it moves its deadline, which is what the verdict must
find unchanged: a scanner that answers when its scan has been given to somebody else decides nothing.
The row outlives a rejection, until the bytes are gone.
"""

from __future__ import annotations

from openparticipant.domain.attachment import Status
from openparticipant.domain.audit import Event
from openparticipant.domain.connection import Caller
from openparticipant.domain.contact import Participant, Role
from openparticipant.domain.transcript import AttachedFile, ItemType, TranscriptItem
from openparticipant.ports import Claim, DueScan
from openparticipant.request_context import SERVER, RequestContext
from openparticipant.stores import attachments, audit, items, quotas
from openparticipant.stores.connections import gone, lock_if_open, lock_open
from openparticipant.stores.write import Row, Write

_HAND_OVER = """
    UPDATE attachments
    SET review = 'scanning', complete_token = $4, attempt = NULL, due_at = NULL
    WHERE contact_seq = $1 AND id = $2 AND status = 'completing' AND attempt = $3
    RETURNING 1
"""
# No other attempt shares its key. A quick scanner may have approved it since.
_HANDED_OVER_BEFORE = """
    SELECT 1 FROM attachments
    WHERE contact_seq = $1 AND id = $2 AND final_key = $3
      AND (review IS NOT NULL OR status = 'approved')
"""
_INSERT = """
    INSERT INTO scans (contact_seq, attachment_id, handed_over_at, due_at) VALUES ($1, $2, $3, $3)
"""
SELECT_BACKLOG = "SELECT min(due_at), count(*) FROM scans"
_OVER = "c.ended_at IS NOT NULL OR c.ends_at <= {}"


def _take(tries: str) -> str:
    return f"""
    SELECT s.contact_seq, c.instance_id, s.handed_over_at, s.tries,
           CASE WHEN {_OVER.format("$1")} THEN 1 ELSE 0 END, {attachments.COLUMNS}
    FROM scans s
    JOIN contacts c ON c.seq = s.contact_seq
    JOIN attachments a ON a.contact_seq = s.contact_seq AND a.id = s.attachment_id
    WHERE s.due_at <= $1 AND s.tries {tries}
      AND (s.handed_over_at <= $3 OR a.review = 'rejected' OR {_OVER.format("$1")})
    ORDER BY s.due_at
    LIMIT $2
    """  # noqa: S608 - the texts put in are our own


TAKE_FRESH, TAKE_TRIED = _take("= 0"), _take("> 0")
_LEASE = """
    UPDATE scans SET due_at = $3
    WHERE contact_seq = $1 AND attachment_id = $2 AND due_at <= $4
    RETURNING 1
"""
# Looks whether the lease is still the taker's, and keeps it so until the transaction ends.
_HOLD = """
    UPDATE scans SET due_at = due_at
    WHERE contact_seq = $1 AND attachment_id = $2 AND due_at = $3
    RETURNING 1
"""
_POSTPONE = """
    UPDATE scans SET due_at = $4, tries = $5
    WHERE contact_seq = $1 AND attachment_id = $2 AND due_at = $3
    RETURNING 1
"""
EXPIRE_LEASES = "UPDATE scans SET due_at = $1 WHERE due_at > $1"
_APPROVE = """
    UPDATE attachments SET status = 'approved', review = NULL, approved_at = $3
    WHERE contact_seq = $1 AND id = $2 AND review = 'scanning'
    RETURNING participant_seq
"""
_REJECT = """
    UPDATE attachments SET review = 'rejected'
    WHERE contact_seq = $1 AND id = $2 AND review = 'scanning'
    RETURNING participant_seq
"""
_DONE = "DELETE FROM scans WHERE contact_seq = $1 AND attachment_id = $2"
_AUTHOR = "SELECT id, role, display_name FROM participants WHERE seq = $1"
_FORGET = f"""
    DELETE FROM attachments
    WHERE contact_seq = $1 AND id = $2 AND review = 'scanning'
      AND EXISTS (SELECT 1 FROM contacts c WHERE c.seq = $1 AND ({_OVER.format("$3")}))
    RETURNING held
"""  # noqa: S608 - as above
_CLEAR = """
    DELETE FROM scans
    WHERE contact_seq = $1 AND attachment_id = $2 AND NOT EXISTS (
        SELECT 1 FROM attachments WHERE contact_seq = $1 AND id = $2 AND review = 'scanning')
"""


def hand_over(caller: Caller, held: Claim, now: int, by: RequestContext) -> Write[bool]:
    """Leave a completed file to the scanners; see `ContactStore.hand_over`."""
    is_open = yield from lock_open(caller, now)
    key = (caller.contact_seq, held.attachment_id)
    if not (yield _HAND_OVER, (*key, held.attempt, held.client_token)):
        return bool((yield _HANDED_OVER_BEFORE, (*key, held.final_key)))
    if not is_open:
        raise gone()
    yield _INSERT, (*key, now)
    yield attachments.completed(caller, held, now, by)
    return True


def take_due(now: int, lease: int, limit: int, handed_over_by: int) -> Write[list[DueScan]]:
    """Lease scans whose time has come; see `ContactStore.due_scans`."""
    rows = list((yield TAKE_FRESH, (now, limit, handed_over_by)))
    if len(rows) < limit:
        rows += yield TAKE_TRIED, (now, limit - len(rows), handed_over_by)
    taken = []
    # In one order for all takers, so that no two ever wait for each other.
    for due in sorted((_due(row, now + lease) for row in rows), key=_key):
        key = _key(due)
        if (yield _LEASE, (*key, due.leased_until, now)):
            taken.append(due)
    return taken


def _due(row: Row, leased_until: int) -> DueScan:
    contact_seq, instance_id, handed_over_at, tries, is_over, *columns = row
    file = attachments.attachment(columns)
    return DueScan(
        contact_seq=contact_seq,
        instance_id=instance_id,
        attachment=file,
        handed_over_at=handed_over_at,
        tries=tries,
        leased_until=leased_until,
        is_void=bool(is_over) or file.status is not Status.SCANNING,
    )


def postpone(due: DueScan, until: int, tries: int) -> Write[bool]:
    """Give a scan back; see `ContactStore.postpone`."""
    return bool((yield _POSTPONE, (*_key(due), due.leased_until, until, tries)))


def expire_leases(now: int) -> Write[None]:
    """Let every running scan be taken again; see `ContactStore.expire_leases`."""
    yield EXPIRE_LEASES, (now,)


def conclude(
    due: DueScan, item_id: str, now: int, *, is_approved: bool, finding: str | None
) -> Write[TranscriptItem | None]:
    """Record a verdict and its item; see `ContactStore.conclude`."""
    is_open = yield from lock_if_open(due.contact_seq, now)
    if not (yield _HOLD, (*_key(due), due.leased_until)):
        return None
    change = (_APPROVE, (*_key(due), now)) if is_approved else (_REJECT, _key(due))
    rows = yield change
    if not rows:
        return None
    if not is_open:
        raise gone()
    if is_approved:
        yield _DONE, _key(due)
    ((participant_seq,),) = rows
    ((participant_id, role, display_name),) = yield _AUTHOR, (participant_seq,)
    file = due.attachment
    yield audit.entry(
        Event.FILE_APPROVED if is_approved else Event.FILE_REJECTED,
        now,
        SERVER,
        contact_id=file.contact_id,
        attachment_id=file.id,
        detail=finding,
    )
    return (
        yield from items.append(
            contact_seq=due.contact_seq,
            participant_seq=participant_seq,
            author=Participant(participant_id, Role(role), display_name),
            item_id=item_id,
            type=ItemType.ATTACHMENT,
            now=now,
            attachment=AttachedFile(
                file.id, file.name, file.content_type, is_rejected=not is_approved
            ),
            is_private=not is_approved,
        )
    )


def clear(due: DueScan, now: int) -> Write[None]:
    """Forget the scan of a file whose bytes are gone; see `ContactStore.clear`."""
    yield attachments.LOCK, (due.contact_seq,)
    forgotten = yield _FORGET, (*_key(due), now)
    if forgotten and forgotten[0][0]:
        yield quotas.FREE, (due.contact_seq, 1)
    yield _CLEAR, _key(due)


def _key(due: DueScan) -> tuple[int, str]:
    return due.contact_seq, due.attachment.id
