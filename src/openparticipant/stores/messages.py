"""Writes of messages and of what others tell about them."""

from __future__ import annotations

import json

from openparticipant.domain.connection import Caller
from openparticipant.domain.message import why_unwelcome
from openparticipant.domain.transcript import ItemType, Receipt, TranscriptItem
from openparticipant.errors import ConflictException, ValidationException
from openparticipant.limits import PARTICIPANTS_WITH_RECEIPTS
from openparticipant.ports import NewMessage, NewReceipt
from openparticipant.stores import items
from openparticipant.stores.connections import lock_open, refuse_unless_open, told_before
from openparticipant.stores.write import Row, Write

_ALLOWED = """
    SELECT c.content_types, i.id
    FROM contacts c
    LEFT JOIN items i ON i.contact_seq = c.seq AND i.id = $2
    WHERE c.seq = $1
"""
_COUNT_ACTIVE = """
    SELECT count(*) FROM participants
    WHERE contact_seq = $1 AND joined_at IS NOT NULL AND disconnected_at IS NULL
"""
_NAMED = f"""
    SELECT i.ordinal, i.type, i.participant_seq FROM items i
    WHERE i.contact_seq = $1 AND i.id = $2 AND {items.VISIBLE.format("$3")}
"""  # noqa: S608 - our own
# The first word counts: nothing changes, and no row returns, where all was told before.
_RECORD = """
    INSERT INTO receipts (contact_seq, ordinal, participant_seq, delivered_at, read_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (contact_seq, ordinal, participant_seq) DO UPDATE
    SET read_at = excluded.read_at
    WHERE receipts.read_at IS NULL AND excluded.read_at IS NOT NULL
    RETURNING delivered_at, read_at
"""
_RECORDED = """
    SELECT delivered_at, read_at FROM receipts
    WHERE contact_seq = $1 AND ordinal = $2 AND participant_seq = $3
"""


def send(caller: Caller, new: NewMessage, now: int) -> Write[TranscriptItem]:
    """Append a message; see `ContactStore.send`."""
    if not (yield from lock_open(caller, now)):
        return (yield from told_before(caller, new.item_id))
    if new.client_token:
        sent = yield items.SELECT_SENT, (caller.seq, new.client_token)
        if sent:
            return _repeated(sent[0], new)
    ((allowed, is_there),) = yield _ALLOWED, (caller.contact_seq, new.item_id)
    if is_there and (before := (yield from items.find(caller.contact_id, new.item_id))):
        return before
    reason = why_unwelcome(new.content_type, json.loads(allowed))
    if reason is not None:
        raise ValidationException(f"The message {reason}.")
    return (
        yield from items.append(
            contact_seq=caller.contact_seq,
            participant_seq=caller.seq,
            author=caller.participant,
            item_id=new.item_id,
            type=ItemType.MESSAGE,
            now=now,
            content_type=new.content_type,
            content=new.content,
            client_token=new.client_token,
        )
    )


def _repeated(row: Row, new: NewMessage) -> TranscriptItem:
    before = items.item(row)
    if (before.content_type, before.content) != (new.content_type, new.content):
        raise ValidationException("ClientToken was used before with other parameters.")
    return before


def acknowledge(caller: Caller, new: NewReceipt, now: int) -> Write[Receipt | None]:
    """Record a receipt; see `ContactStore.acknowledge`."""
    yield from refuse_unless_open(caller, now)
    ((active,),) = yield _COUNT_ACTIVE, (caller.contact_seq,)
    if active > PARTICIPANTS_WITH_RECEIPTS:
        raise ConflictException("Receipts are for chats of two; more participants are active here.")
    rows = yield _NAMED, (caller.contact_seq, new.message_id, caller.seq)
    if not rows or rows[0][1] == ItemType.EVENT:
        raise ValidationException("There is no message with this messageId.")
    ((ordinal, _, author_seq),) = rows
    if author_seq == caller.seq:
        raise ValidationException("The messageId is of a message of your own.")
    # Whoever has read it has got it.
    key = (caller.contact_seq, ordinal, caller.seq)
    if told := (yield _RECORD, (*key, now, now if new.is_read else None)):
        return Receipt(caller.participant_id, *told[0])
    # Of this very instant it is this very word, asked for again by one who never heard.
    ((delivered_at, read_at),) = yield _RECORDED, key
    if (read_at if new.is_read else delivered_at) != now:
        return None
    return Receipt(caller.participant_id, delivered_at, read_at)
