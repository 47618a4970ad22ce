"""The write that removes attachments because they are old: their rows say so, and fall due.

From then on nobody is shown their bytes, which go when the deadline is settled, by whichever node is
there. The rows stay, since the transcript names them.
"""

from __future__ import annotations

from openparticipant.domain.audit import Event
from openparticipant.request_context import SERVER
from openparticipant.stores import attachments, audit, quotas
from openparticipant.stores.write import Write

_OLD = """
    SELECT a.contact_seq, a.id, c.id
    FROM attachments a JOIN contacts c ON c.seq = a.contact_seq
    WHERE a.approved_at <= $1 AND a.removed_at IS NULL
    ORDER BY a.approved_at
    LIMIT $2
"""
_REMOVE = """
    UPDATE attachments SET removed_at = $3, due_at = $3, held = 0
    WHERE contact_seq = $1 AND id = $2 AND removed_at IS NULL
    RETURNING 1
"""


def remove_old(approved_by: int, now: int, limit: int) -> Write[int]:
    """Remove attachments that were approved long ago; see `ContactStore.remove_old_attachments`."""
    removed = 0
    # In one order for all takers, so that no two ever wait for each other.
    for contact_seq, id_, contact_id in sorted(map(tuple, (yield _OLD, (approved_by, limit)))):
        yield attachments.LOCK, (contact_seq,)
        if not (yield _REMOVE, (contact_seq, id_, now)):
            continue
        yield quotas.FREE, (contact_seq, 1)
        yield audit.entry(Event.FILE_REMOVED, now, SERVER, contact_id=contact_id, attachment_id=id_)
        removed += 1
    return removed
