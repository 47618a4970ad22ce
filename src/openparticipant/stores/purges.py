"""Writes that remove contacts: marked first, then without their bytes, and then without their rows.

From the mark on nobody is shown anything of a contact. Its unfinished uploads and scans end as those
of any contact that is over; only then are the bytes of the others removed, and after them the rows.
So whatever a crash leaves is spoken of by a row that falls due again.

The rows of the contact and its participants are emptied first and removed an hour later: a call that
was admitted before still finds them, and is refused. Those that are the newest of their table stay
until there are newer ones: SQLite gives the number of a removed newest row to the next, and who still
held the old one would reach the new one.
"""

from __future__ import annotations

from operator import itemgetter

from openparticipant.domain.audit import Event
from openparticipant.limits import HOUR, SECOND
from openparticipant.ports import DuePurge, Marked, StillOpenError
from openparticipant.request_context import SERVER, RequestContext
from openparticipant.stores import attachments, audit, contacts, items
from openparticipant.stores.write import Statement, Write

_FIND = "SELECT seq, ended_at FROM contacts WHERE id = $1"
_MARK = """
    UPDATE contacts SET purge_at = $2
    WHERE seq = $1 AND purge_at IS NULL AND ended_at IS NOT NULL
    RETURNING 1
"""
_OLD = """
    SELECT seq, id FROM contacts
    WHERE ended_at <= $1 AND purge_at IS NULL
    ORDER BY ended_at
    LIMIT $2
"""
SELECT_MARKED = "SELECT 1 FROM contacts WHERE id = $1 AND purge_at IS NOT NULL"
_DUE = "SELECT seq, id FROM contacts WHERE purge_at <= $1 ORDER BY purge_at LIMIT $2"
_LEASE = "UPDATE contacts SET purge_at = $2 WHERE seq = $1 AND purge_at <= $3 RETURNING 1"
# What is not settled yet has a deadline or a scan of its own, which clears up after it.
_UNSETTLED = """
    SELECT 1 FROM attachments
    WHERE contact_seq = $1 AND status <> 'approved' AND review IS NULL
    UNION ALL
    SELECT 1 FROM scans WHERE contact_seq = $1
"""
_FILES = f"""
    SELECT {attachments.COLUMNS}
    FROM attachments a JOIN contacts c ON c.seq = a.contact_seq
    WHERE a.contact_seq = $1
"""  # noqa: S608 - the only text put in is a constant
_OF_CONTACT = ("receipts", "items", "attachments")
_OF_PARTICIPANTS = ("websockets", "connections", "participant_tokens")
_CLEAR = (
    *(f"DELETE FROM {table} WHERE contact_seq = $1" for table in _OF_CONTACT),  # noqa: S608
    *(
        f"DELETE FROM {table} WHERE participant_seq IN "  # noqa: S608 - names of our own tables
        "(SELECT seq FROM participants WHERE contact_seq = $1)"
        for table in _OF_PARTICIPANTS
    ),
)
_IS_NEWEST = """
    SELECT 1 FROM contacts
    WHERE seq = $1 AND (
        seq = (SELECT max(seq) FROM contacts)
        OR EXISTS (SELECT 1 FROM participants
                   WHERE contact_seq = $1 AND seq = (SELECT max(seq) FROM participants)))
"""
_EMPTY_PARTICIPANTS = """
    UPDATE participants SET id = '', display_name = '', client_token = NULL, request_digest = $2
    WHERE contact_seq = $1
"""
_EMPTY = """
    UPDATE contacts
    SET id = $2, flow_id = '', attributes = '{}', content_types = '[]', client_token = NULL,
        request_digest = $3, disconnect_reason = NULL, attachments_held = 0, purge_at = $4
    WHERE seq = $1
"""
_PUT_OFF = "UPDATE contacts SET purge_at = $2 WHERE seq = $1"
_REMOVE = (
    "DELETE FROM participants WHERE contact_seq = $1",
    "DELETE FROM contacts WHERE seq = $1",
)


def mark(
    contact_id: str, item_id: str, now: int, by: RequestContext, *, end: bool
) -> Write[Marked]:
    """Let a contact be removed; see `ContactStore.mark_for_purge`."""
    rows = yield _FIND, (contact_id,)
    if not rows:
        return Marked(is_there=False)
    ((seq, ended_at),) = rows
    told = None
    if ended_at is None:
        if not end:
            raise StillOpenError
        told = yield from contacts.end(seq, "API", item_id, now)
    if (yield _MARK, (seq, now)):
        yield _recorded(contact_id, now, by)
    return Marked(True, told or (yield from items.find(contact_id, item_id)))


def mark_old(ended_by: int, now: int, limit: int) -> Write[int]:
    """Let contacts be removed that ended long ago; see `ContactStore.mark_old_for_purge`."""
    marked = 0
    # In one order for all takers, so that no two ever wait for each other.
    for seq, contact_id in sorted((yield _OLD, (ended_by, limit)), key=itemgetter(0)):
        if (yield _MARK, (seq, now)):
            yield _recorded(contact_id, now, SERVER)
            marked += 1
    return marked


def _recorded(contact_id: str, now: int, by: RequestContext) -> Statement:
    return audit.entry(Event.CONTACT_PURGED, now, by, contact_id=contact_id)


def take_due(now: int, lease: int, limit: int) -> Write[list[DuePurge]]:
    """Lease contacts that can be removed now; see `ContactStore.due_purges`."""
    taken = []
    for seq, contact_id in sorted((yield _DUE, (now, limit)), key=itemgetter(0)):
        is_unsettled = bool((yield _UNSETTLED, (seq,)))
        until = now + (SECOND if is_unsettled else lease)
        if (yield _LEASE, (seq, until, now)) and not is_unsettled:
            files = [attachments.attachment(row) for row in (yield _FILES, (seq,))]
            taken.append(DuePurge(seq, contact_id, files))
    return taken


def purge(due: DuePurge, now: int) -> Write[None]:
    """Remove the rows of a contact whose bytes are gone; see `ContactStore.purge`."""
    seq = due.contact_seq
    yield attachments.LOCK, (seq,)
    if due.contact_id != _emptied(seq):
        for statement in _CLEAR:
            yield statement, (seq,)
        yield _EMPTY_PARTICIPANTS, (seq, b"")
        yield _EMPTY, (seq, _emptied(seq), b"", now + HOUR)
    elif (yield _IS_NEWEST, (seq,)):
        yield _PUT_OFF, (seq, now + HOUR)
    else:
        for statement in _REMOVE:
            yield statement, (seq,)


def _emptied(contact_seq: int) -> str:
    """Return the id of a contact of which nothing is left but its number."""
    return f"purged-{contact_seq}"
