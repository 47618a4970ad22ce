"""What a contact and an instance may hold: counted at Start, given back when it lapses or goes.

A contact's files are a column of its row; its bytes and what is pending are read from its rows. What
an instance holds the database counts itself, by the triggers of 0010, once it was asked to.
"""

from __future__ import annotations

from openparticipant.domain.attachment import Attachment
from openparticipant.domain.connection import Caller
from openparticipant.domain.quota import Quota
from openparticipant.errors import ServiceQuotaExceededException
from openparticipant.stores.connections import refuse_unless_open
from openparticipant.stores.write import Statement, Write

# One statement decides all three: contact open, participant present, a file more.
_HOLD = """
    UPDATE contacts SET attachments_held = attachments_held + 1
    WHERE seq = $1 AND ended_at IS NULL AND ends_at > $3 AND attachments_held < $4
      AND EXISTS (SELECT 1 FROM participants WHERE seq = $2 AND disconnected_at IS NULL)
    RETURNING 1
"""
# From the rows, of which a contact has few: there is no counter that could be wrong. The bytes of a
# rejected file go, while it still counts as a file.
_OTHERS = """
    SELECT coalesce(sum(CASE WHEN review = 'rejected' THEN 0 ELSE size END), 0),
           count(CASE WHEN participant_seq = $2 AND status <> 'approved' AND review IS NULL
               THEN 1 END)
    FROM attachments WHERE contact_seq = $1 AND held = 1 AND id <> $3
"""
_LAPSE = """
    UPDATE attachments SET held = 0, due_at = abandoned_at
    WHERE contact_seq = $1 AND status = 'pending' AND held = 1 AND url_expires_at <= $2
    RETURNING 1
"""
FREE = "UPDATE contacts SET attachments_held = attachments_held - $2 WHERE seq = $1"
_USAGE = """
    SELECT files, bytes FROM instance_usage
    WHERE instance_id = (SELECT instance_id FROM contacts WHERE seq = $1)
"""
_IS_COUNTED = "SELECT 1 FROM usage_counted"
_BEGIN = "INSERT INTO usage_counted (since) VALUES ($1)"
_COUNT = """
    INSERT INTO instance_usage (instance_id, files, bytes)
    SELECT c.instance_id, sum(a.held),
           sum(CASE WHEN a.review = 'rejected' THEN 0 ELSE a.held * a.size END)
    FROM attachments a JOIN contacts c ON c.seq = a.contact_seq
    GROUP BY c.instance_id
"""


def hold(caller: Caller, file: Attachment, quota: Quota, now: int) -> Write[None]:
    """Count one more in its contact, or raise. What lapsed meanwhile makes room first."""
    exceeded = yield from _exceeded(caller, file, quota, now)
    if exceeded is None:
        return
    lapsed = yield _LAPSE, (caller.contact_seq, now)
    if lapsed:
        yield FREE, (caller.contact_seq, len(lapsed))
        exceeded = yield from _exceeded(caller, file, quota, now)
    if exceeded is not None:
        raise ServiceQuotaExceededException(exceeded)


def _exceeded(caller: Caller, file: Attachment, quota: Quota, now: int) -> Write[str | None]:
    """Count one more unless that exceeds the quota; then say which part of it."""
    if not (yield _HOLD, (caller.contact_seq, caller.seq, now, quota.files)):
        yield from refuse_unless_open(caller, now)
        return f"The contact has reached its limit of {quota.files} attachments."
    if quota.size is None and quota.pending is None:
        return None
    # The contact is locked by now, so nobody adds a file until this is committed.
    ((size, pending),) = yield _OTHERS, (caller.contact_seq, caller.seq, file.id)
    if quota.pending is not None and pending >= quota.pending:
        exceeded = f"A participant may have {quota.pending} uploads that are not complete."
    elif quota.size is not None and size + file.size > quota.size:
        exceeded = f"The attachments of the contact may have {quota.size} bytes in all."
    else:
        return None
    yield FREE, (caller.contact_seq, 1)
    return exceeded


def check_instance(caller: Caller, quota: Quota) -> Write[None]:
    """Raise if an instance holds more than it may, with what this very write has added to it.

    That has locked the instance's row, so nobody else adds to it until this is committed.
    """
    if not quota.is_of_instances:
        return
    ((files, size),) = yield _USAGE, (caller.contact_seq,)
    if quota.instance_files is not None and files > quota.instance_files:
        raise ServiceQuotaExceededException(
            f"The instance has reached its limit of {quota.instance_files} attachments."
        )
    if quota.instance_size is not None and size > quota.instance_size:
        raise ServiceQuotaExceededException(
            f"The attachments of the instance may have {quota.instance_size} bytes in all."
        )


def count_instances(now: int, lock: Statement | None = None) -> Write[None]:
    """Count what instances hold, from now on; see `ContactStore.count_instances`.

    Where others write at the same time, `lock` keeps them from attachments meanwhile.
    """
    if (yield _IS_COUNTED, ()):
        return
    if lock is not None:
        yield lock
    if not (yield _IS_COUNTED, ()):  # nobody was quicker
        yield _BEGIN, (now,)
        yield _COUNT, ()
