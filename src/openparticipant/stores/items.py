"""Transcript items: ordinals without gaps, instants that never repeat."""

from __future__ import annotations

from openparticipant.domain.contact import Participant, Role
from openparticipant.domain.transcript import AttachedFile, ItemType, TranscriptItem
from openparticipant.stores.write import Row, Write

# The contact's row is locked by this UPDATE until the transaction ends, so no two items of a
# contact ever take the same place.
_NEXT_PLACE = """
    UPDATE contacts
    SET last_ordinal = last_ordinal + 1,
        last_item_at = CASE WHEN last_item_at < $2 THEN $2 ELSE last_item_at + 1 END,
        updated_at = $2
    WHERE seq = $1
    RETURNING last_ordinal, last_item_at
"""
_INSERT = """
    INSERT INTO items
        (contact_seq, ordinal, id, at, type, participant_seq, content_type, content, attachment_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
SELECT = """
    SELECT i.id, i.ordinal, i.at, i.type, p.id, p.role, p.display_name,
           i.content_type, i.content, a.id, a.name, a.content_type
    FROM contacts c
    JOIN items i ON i.contact_seq = c.seq
    JOIN participants p ON p.seq = i.participant_seq
    LEFT JOIN attachments a ON a.contact_seq = i.contact_seq AND a.id = i.attachment_id
    WHERE c.id = $1 AND i.ordinal > $2
    ORDER BY i.ordinal
    LIMIT $3
"""


def append(
    *,
    contact_seq: int,
    participant_seq: int,
    author: Participant,
    item_id: str,
    type: ItemType,  # noqa: A002 - the member's name
    now: int,
    content_type: str | None = None,
    content: str | None = None,
    attachment: AttachedFile | None = None,
) -> Write[TranscriptItem]:
    """Give an item the next place in its contact's transcript."""
    ((ordinal, at),) = yield _NEXT_PLACE, (contact_seq, now)
    yield (
        _INSERT,
        (
            contact_seq,
            ordinal,
            item_id,
            at,
            type.value,
            participant_seq,
            content_type,
            content,
            attachment.id if attachment else None,
        ),
    )
    return TranscriptItem(item_id, ordinal, at, type, author, content_type, content, attachment)


def item(row: Row) -> TranscriptItem:
    """Read a row of `SELECT`."""
    (id_, ordinal, at, type_, author, role, name, content_type, content, *file) = row
    return TranscriptItem(
        id_,
        ordinal,
        at,
        ItemType(type_),
        Participant(author, Role(role), name),
        content_type,
        content,
        AttachedFile(*file) if file[0] is not None else None,
    )
