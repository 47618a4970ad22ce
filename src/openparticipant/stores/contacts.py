"""Writes that start, fill and end contacts."""

from __future__ import annotations

import json
from collections.abc import Callable
from operator import itemgetter

from openparticipant.domain.contact import Contact, Participant, Role
from openparticipant.domain.transcript import EventType, ItemType, TranscriptItem
from openparticipant.errors import (
    ConflictException,
    ContactNotFoundException,
    InvalidRequestException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
)
from openparticipant.limits import CUSTOM_PARTICIPANTS
from openparticipant.ports import NewContact, NewParticipant
from openparticipant.stores import items
from openparticipant.stores.write import Row, Write

_INSERT_CONTACT = """
    INSERT INTO contacts
        (id, instance_id, flow_id, attributes, content_types, disconnect_on_exit, client_token,
         request_digest, started_at, ends_at, lasts_until, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $9)
    ON CONFLICT DO NOTHING
    RETURNING seq
"""
_STARTED_BEFORE = """
    SELECT c.id, c.request_digest, p.seq, p.id
    FROM contacts c
    JOIN participants p ON p.contact_seq = c.seq AND p.role = 'CUSTOMER'
    WHERE c.id = $1 OR (c.instance_id = $2 AND c.client_token = $3)
    ORDER BY p.seq
    LIMIT 1
"""
_INSERT_PARTICIPANT = """
    INSERT INTO participants
        (contact_seq, id, role, display_name, client_token, request_digest)
    VALUES ($1, $2, $3, $4, $5, $6)
    RETURNING seq
"""
_ADDED_BEFORE = """
    SELECT seq, id, request_digest FROM participants
    WHERE contact_seq = $1 AND (id = $2 OR client_token = $3)
"""
_ADMIT = """
    INSERT INTO participant_tokens (digest, participant_seq, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING
"""
# Takes the contact's row lock, so that two bots cannot both be the first.
_LOCK_OPEN = """
    UPDATE contacts SET updated_at = updated_at
    WHERE id = $1 AND instance_id = $2 AND ended_at IS NULL AND ends_at > $3
    RETURNING seq
"""
_COUNT_BOTS = """
    SELECT count(*) FROM participants
    WHERE contact_seq = $1 AND role = 'CUSTOM_BOT' AND disconnected_at IS NULL
"""
_END = """
    UPDATE contacts SET ended_at = $2, updated_at = $2, disconnect_reason = $3
    WHERE seq = $1 AND ended_at IS NULL
    RETURNING seq
"""
# Takes the contact's row lock, and looks again: its customer may have come in the meantime.
_LOCK_EXPIRED = """
    UPDATE contacts SET updated_at = updated_at
    WHERE seq = $1 AND ended_at IS NULL AND ends_at <= $2
    RETURNING lasts_until
"""
# What was offered and not completed dies with the contact; its bytes are cleared by the deadline.
# A running completion keeps its lease; it will be refused and then falls due.
_ABANDON = """
    UPDATE attachments
    SET abandoned_at = $2, due_at = CASE WHEN status = 'pending' THEN $2 ELSE due_at END
    WHERE contact_seq = $1 AND status IN ('pending', 'completing')
"""
_SEQ_OF_OPEN = """
    SELECT seq FROM contacts WHERE id = $1 AND instance_id = $2 AND ended_at IS NULL
"""
_LEAVE = """
    UPDATE participants SET disconnected_at = $2
    WHERE seq = $1 AND disconnected_at IS NULL
"""
_LEAVING_TOO = """
    SELECT p.seq, p.id, p.role, p.display_name, c.disconnect_on_exit
    FROM contacts c
    JOIN participants p ON p.contact_seq = c.seq
    WHERE c.seq = $1 AND p.disconnected_at IS NULL AND p.joined_at IS NOT NULL
    ORDER BY p.seq
"""
_EXPIRED = """
    SELECT seq FROM contacts
    WHERE ended_at IS NULL AND ends_at <= $1
    ORDER BY ends_at
    LIMIT $2
"""
COLUMNS = """
    id, instance_id, flow_id, attributes, started_at, coalesce(lasts_until, ends_at), ended_at,
    disconnect_reason, updated_at
"""
SELECT = f"""
    SELECT {COLUMNS} FROM contacts WHERE id = $1 AND instance_id = $2 AND purge_at IS NULL
"""  # noqa: S608 - the only text put in is the constant above


def start(new: NewContact) -> Write[tuple[str, str]]:
    """Record a contact and its customer; see `ContactStore.start_contact`."""
    rows = yield (
        _INSERT_CONTACT,
        (
            new.id,
            new.instance_id,
            new.flow_id,
            json.dumps(dict(new.attributes)),
            json.dumps(list(new.content_types)),
            json.dumps(list(new.disconnect_on_exit)),
            new.client_token,
            new.request_digest,
            new.started_at,
            min(new.connect_by, new.ends_at),
            new.ends_at,
        ),
    )
    if not rows:
        return (yield from _start_again(new))
    ((contact_seq,),) = rows
    ((participant_seq,),) = yield (
        _INSERT_PARTICIPANT,
        (contact_seq, *_participant(new.customer), None, b""),
    )
    yield _ADMIT, (new.token.digest, participant_seq, new.token.expires_at)
    if first := new.initial_message:
        yield from items.append(
            contact_seq=contact_seq,
            participant_seq=participant_seq,
            author=new.customer,
            item_id=first.item_id,
            type=ItemType.MESSAGE,
            now=new.started_at,
            content_type=first.content_type,
            content=first.content,
        )
    return new.id, new.customer.id


def _start_again(new: NewContact) -> Write[tuple[str, str]]:
    ((contact_id, request_digest, participant_seq, participant_id),) = yield (
        _STARTED_BEFORE,
        (new.id, new.instance_id, new.client_token),
    )
    if bytes(request_digest) != new.request_digest:
        raise InvalidRequestException("ClientToken was used before with other parameters.")
    yield _ADMIT, (new.token.digest, participant_seq, new.token.expires_at)
    return contact_id, participant_id


def create_participant(new: NewParticipant, now: int) -> Write[str]:
    """Add a participant; see `ContactStore.create_participant`."""
    rows = yield _LOCK_OPEN, (new.contact_id, new.instance_id, now)
    if not rows:
        raise ResourceNotFoundException("There is no open contact with this ContactId.")
    ((contact_seq,),) = rows
    participant = new.participant
    before = yield _ADDED_BEFORE, (contact_seq, participant.id, new.client_token)
    if before:
        ((participant_seq, participant_id, request_digest),) = before
        if bytes(request_digest) != new.request_digest:
            raise ConflictException("ClientToken was used before with other parameters.")
    else:
        if participant.role is Role.CUSTOM_BOT:
            ((bots,),) = yield _COUNT_BOTS, (contact_seq,)
            if bots >= CUSTOM_PARTICIPANTS:
                raise ServiceQuotaExceededException("The contact has a custom participant already.")
        ((participant_seq,),) = yield (
            _INSERT_PARTICIPANT,
            (contact_seq, *_participant(participant), new.client_token, new.request_digest),
        )
        participant_id = participant.id
    yield _ADMIT, (new.token.digest, participant_seq, new.token.expires_at)
    return str(participant_id)


def _participant(participant: Participant) -> tuple[str, str, str]:
    return participant.id, participant.role.value, participant.display_name


def stop(
    contact_id: str, instance_id: str, reason: str, item_id: str, now: int
) -> Write[TranscriptItem]:
    """End a contact by name; see `ContactStore.stop_contact`."""
    rows = yield _SEQ_OF_OPEN, (contact_id, instance_id)
    ended = (yield from end(rows[0][0], reason, item_id, now)) if rows else None
    ended = ended or (yield from items.find(contact_id, item_id))
    if ended is None:
        raise ContactNotFoundException("There is no open contact with this ContactId.")
    return ended


def leave(
    contact_seq: int, seq: int, participant: Participant, item_id: str, now: int
) -> Write[TranscriptItem]:
    """End the participation of somebody who is in an open contact, which is locked."""
    yield _LEAVE, (seq, now)
    return (
        yield from items.append_event(
            EventType.LEFT,
            contact_seq=contact_seq,
            participant_seq=seq,
            author=participant,
            item_id=item_id,
            now=now,
        )
    )


def exit(  # noqa: A001 - AWS's word for it
    contact_seq: int, now: int, new_id: Callable[[], str]
) -> Write[list[TranscriptItem]]:
    """End a contact that its customer has left, and before it whoever was to leave with them."""
    told = []
    for seq, participant_id, role, name, leaving in (yield _LEAVING_TOO, (contact_seq,)):
        if role in json.loads(leaving):
            participant = Participant(participant_id, Role(role), name)
            told.append((yield from leave(contact_seq, seq, participant, new_id(), now)))
    ended = yield from end(contact_seq, "CUSTOMER_DISCONNECT", new_id(), now)
    return [*told, ended] if ended else told


def end(contact_seq: int, reason: str, item_id: str, now: int) -> Write[TranscriptItem | None]:
    """End a contact; return the item that tells so, or None if it has ended before."""
    if not (yield _END, (contact_seq, now, reason)):
        return None
    yield _ABANDON, (contact_seq, now)
    return (
        yield from items.append_event(
            EventType.ENDED,
            contact_seq=contact_seq,
            participant_seq=None,
            author=None,
            item_id=item_id,
            now=now,
        )
    )


def end_expired(now: int, limit: int, new_id: Callable[[], str]) -> Write[list[TranscriptItem]]:
    """End contacts whose time is over; see `ContactStore.end_expired_contacts`."""
    told = []
    # In one order for all takers, so that no two ever wait for each other.
    for (contact_seq,) in sorted((yield _EXPIRED, (now, limit)), key=itemgetter(0)):
        still = yield _LOCK_EXPIRED, (contact_seq, now)
        if not still:
            continue
        ((lasts_until,),) = still
        reason = "EXPIRED" if lasts_until is None else "CUSTOMER_NEVER_ARRIVED"
        ended = yield from end(contact_seq, reason, new_id(), now)
        if ended:
            told.append(ended)
    return told


def contact(row: Row) -> Contact:
    """Read a row of `COLUMNS`."""
    id_, instance_id, flow_id, attributes, *rest = row
    return Contact(id_, instance_id, flow_id, json.loads(attributes), *rest)
