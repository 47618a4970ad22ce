"""Writes and reads about connections."""

from __future__ import annotations

from openparticipant.domain.connection import Caller
from openparticipant.domain.contact import Role
from openparticipant.errors import AccessDeniedException
from openparticipant.ports import NewConnection
from openparticipant.stores import contacts
from openparticipant.stores.write import Row, Write

# Looks, and takes the contact's row lock, so that what was seen holds until the transaction ends.
# Whoever takes more locks takes this one first. SQLite writes nothing for a row that stays the same.
_LOCK_OPEN = """
    UPDATE contacts SET updated_at = updated_at
    WHERE seq = $1 AND ended_at IS NULL AND ends_at > $3
      AND EXISTS (SELECT 1 FROM participants WHERE seq = $2 AND disconnected_at IS NULL)
    RETURNING 1
"""
_INSERT_CONNECTION = (
    "INSERT INTO connections (digest, participant_seq, expires_at) VALUES ($1, $2, $3)"
)
_INSERT_WEBSOCKET = (
    "INSERT INTO websockets (digest, participant_seq, expires_at) VALUES ($1, $2, $3)"
)
# Clients renew every hour or so; what has lapsed goes as new ones come.
_PRUNE_CONNECTIONS = "DELETE FROM connections WHERE participant_seq = $1 AND expires_at <= $2"
_PRUNE_WEBSOCKETS = "DELETE FROM websockets WHERE participant_seq = $1 AND expires_at <= $2"
_LEAVE = """
    UPDATE participants SET disconnected_at = $2
    WHERE seq = $1 AND disconnected_at IS NULL
    RETURNING seq
"""
CALLER = """
    SELECT p.seq, c.seq, c.id, c.instance_id, p.id, p.role, p.display_name,
           k.expires_at, p.disconnected_at, c.ended_at, c.ends_at
    FROM connections k
    JOIN participants p ON p.seq = k.participant_seq
    JOIN contacts c ON c.seq = p.contact_seq
    WHERE k.digest = $1
"""


HOLDER = """
    SELECT p.seq, c.seq, c.id, c.instance_id, p.id, p.role, p.display_name,
           t.expires_at, p.disconnected_at, c.ended_at, c.ends_at
    FROM participant_tokens t
    JOIN participants p ON p.seq = t.participant_seq
    JOIN contacts c ON c.seq = p.contact_seq
    WHERE t.digest = $1
"""


def lock_open(caller: Caller, now: int) -> Write[bool]:
    """Tell whether the contact is open and the participant in it, and lock the contact if so."""
    return bool((yield _LOCK_OPEN, (caller.contact_seq, caller.seq, now)))


def refuse_unless_open(caller: Caller, now: int) -> Write[None]:
    """Raise AccessDeniedException if the contact ended or the participant left meanwhile."""
    if not (yield from lock_open(caller, now)):
        raise gone()


def gone() -> AccessDeniedException:
    """Word the refusal of a caller whose token was good when the request came in."""
    return AccessDeniedException(reason="the contact ended or the participant left meanwhile")


def connect(holder: Caller, new: NewConnection, now: int) -> Write[None]:
    """Record a connection; see `ContactStore.connect`."""
    yield from refuse_unless_open(holder, now)
    if new.connection:
        yield _PRUNE_CONNECTIONS, (holder.seq, now)
        yield (
            _INSERT_CONNECTION,
            (new.connection.digest, holder.seq, new.connection.expires_at),
        )
    if new.websocket:
        yield _PRUNE_WEBSOCKETS, (holder.seq, now)
        yield _INSERT_WEBSOCKET, (new.websocket.digest, holder.seq, new.websocket.expires_at)


def disconnect(caller: Caller, now: int) -> Write[None]:
    """End a participation; see `ContactStore.disconnect`."""
    if not (yield _LEAVE, (caller.seq, now)):
        raise AccessDeniedException(reason="the participant has disconnected")
    if caller.role is Role.CUSTOMER:
        yield from contacts.end(caller.contact_seq, "CUSTOMER_DISCONNECT", now)


def caller(row: Row, now: int) -> Caller:
    """Read a row of `CALLER` or `HOLDER`."""
    seq, contact_seq, contact_id, instance_id, participant_id, role, display_name, *life = row
    return Caller(
        seq,
        contact_seq,
        contact_id,
        instance_id,
        participant_id,
        Role(role),
        display_name,
        why_not(*life, now=now),
    )


def why_not(
    expires_at: int, disconnected_at: int | None, ended_at: int | None, ends_at: int, *, now: int
) -> str | None:
    """Say, for the log, why a token admits nobody at `now`, or None if it does."""
    if ended_at is not None:
        return "the contact has ended"
    if ends_at <= now:
        return "the duration of the contact is over"
    if disconnected_at is not None:
        return "the participant has disconnected"
    if expires_at <= now:
        return "the token has expired"
    return None
