"""Transcript items: ordinals without gaps, instants that never repeat."""

from __future__ import annotations

from openparticipant.domain.attachment import Status
from openparticipant.domain.contact import Participant, Role
from openparticipant.domain.transcript import (
    AttachedFile,
    EventType,
    ItemType,
    TranscriptItem,
)
from openparticipant.stores.write import Row, Write

# The contact's row is locked by this UPDATE until the transaction ends, so no two items of a
# contact ever take the same place.
_NEXT_PLACE = """
    UPDATE contacts
    SET last_ordinal = last_ordinal + 1,
        last_item_at = CASE WHEN last_item_at < $2 THEN $2 ELSE last_item_at + 1 END,
        updated_at = $2
    WHERE seq = $1
    RETURNING id, last_ordinal, last_item_at
"""
_INSERT = """
    INSERT INTO items
        (contact_seq, ordinal, id, at, type, participant_seq, content_type, content, attachment_id,
         client_token, private)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_WHOLE = """
    c.id, i.id, i.ordinal, i.at, i.type, p.id, p.role, p.display_name,
           i.content_type, i.content, i.private, a.id, a.name, a.content_type, a.review
    FROM contacts c
    JOIN items i ON i.contact_seq = c.seq
    LEFT JOIN participants p ON p.seq = i.participant_seq
    LEFT JOIN attachments a ON a.contact_seq = i.contact_seq AND a.id = i.attachment_id
"""
SELECT_AFTER = f"""SELECT {_WHOLE}
    WHERE c.id = $1 AND i.ordinal > $2
    ORDER BY i.ordinal
    LIMIT $3
"""
# What the participant in a parameter may see of it, or with null, who may see all.
VISIBLE = "(i.private = 0 OR i.participant_seq = coalesce({}, i.participant_seq))"
SELECT_FROM = f"""SELECT {_WHOLE}
    WHERE c.seq = $1 AND i.ordinal >= $2 AND {VISIBLE.format("$4")}
    ORDER BY i.ordinal
    LIMIT $3
"""
SELECT_UP_TO = f"""SELECT {_WHOLE}
    WHERE c.seq = $1 AND i.ordinal <= $2 AND {VISIBLE.format("$4")}
    ORDER BY i.ordinal DESC
    LIMIT $3
"""
SELECT_SENT = f"""SELECT {_WHOLE}
    WHERE i.participant_seq = $1 AND i.client_token = $2
"""
_ALL = 2**31
_SELECT_NAMED = f"""SELECT {_WHOLE}
    WHERE c.id = $1 AND i.id = $2
"""


def append(
    *,
    contact_seq: int,
    participant_seq: int | None,
    author: Participant | None,
    item_id: str,
    type: ItemType,  # noqa: A002 - the member's name
    now: int,
    content_type: str | None = None,
    content: str | None = None,
    attachment: AttachedFile | None = None,
    client_token: str | None = None,
    is_private: bool = False,
) -> Write[TranscriptItem]:
    """Give an item the next place in its contact's transcript."""
    ((contact_id, ordinal, at),) = yield _NEXT_PLACE, (contact_seq, now)
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
            client_token,
            int(is_private),
        ),
    )
    return TranscriptItem(
        contact_id,
        item_id,
        ordinal,
        at,
        type,
        author,
        content_type,
        content,
        attachment,
        is_private=is_private,
    )


def append_event(
    event: EventType,
    *,
    contact_seq: int,
    participant_seq: int | None,
    author: Participant | None,
    item_id: str,
    now: int,
) -> Write[TranscriptItem]:
    """Tell in the transcript what happened."""
    return append(
        contact_seq=contact_seq,
        participant_seq=participant_seq,
        author=author,
        item_id=item_id,
        type=ItemType.EVENT,
        now=now,
        content_type=event.value,
    )


def find(contact_id: str, item_id: str) -> Write[TranscriptItem | None]:
    """Return the item of a contact that has this id, if there is one.

    Where its id was made for this very write, the write has been carried out before.
    """
    rows = yield _SELECT_NAMED, (contact_id, item_id)
    return item(rows[0]) if rows else None


def since(before: TranscriptItem) -> Write[list[TranscriptItem]]:
    """Return all that stands after an item in its contact."""
    rows = yield SELECT_AFTER, (before.contact_id, before.ordinal, _ALL)
    return [item(row) for row in rows]


def item(row: Row) -> TranscriptItem:
    """Read a row of one of the `SELECT_…`."""
    contact_id, id_, ordinal, at, type_, author, role, name, content_type, content, *rest = row
    is_private, file_id, file_name, file_type, review = rest
    return TranscriptItem(
        contact_id,
        id_,
        ordinal,
        at,
        ItemType(type_),
        Participant(author, Role(role), name) if author is not None else None,
        content_type,
        content,
        AttachedFile(file_id, file_name, file_type, is_rejected=review == Status.REJECTED)
        if file_id is not None
        else None,
        is_private=bool(is_private),
    )
