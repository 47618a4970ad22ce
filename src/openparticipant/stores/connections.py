"""Writes and reads about connections."""

from __future__ import annotations

from collections.abc import Callable

from openparticipant.domain.connection import Caller
from openparticipant.domain.contact import Role
from openparticipant.domain.transcript import EventType, TranscriptItem
from openparticipant.errors import AccessDeniedException
from openparticipant.ports import NewConnection
from openparticipant.stores import contacts, items
from openparticipant.stores.write import Row, Write

# Looks, and takes the contact's row lock, so that what was seen holds until the transaction ends.
# Whoever takes more locks takes this one first. SQLite writes nothing for a row that stays the same.
_LOCK_OPEN = """
    UPDATE contacts SET updated_at = updated_at
    WHERE seq = $1 AND ended_at IS NULL AND ends_at > $2
    RETURNING 1
"""
# A statement of its own: PostgreSQL looks at other tables as they were when the statement began,
# which is before it had waited for the lock.
_IS_PRESENT = "SELECT 1 FROM participants WHERE seq = $1 AND disconnected_at IS NULL"
_INSERT_CONNECTION = (
    "INSERT INTO connections (digest, participant_seq, expires_at) VALUES ($1, $2, $3)"
    " ON CONFLICT DO NOTHING"
)
_INSERT_WEBSOCKET = (
    "INSERT INTO websockets (digest, participant_seq, expires_at) VALUES ($1, $2, $3)"
    " ON CONFLICT DO NOTHING"
)
# Clients renew every hour or so; what has lapsed goes as new ones come.
_PRUNE_CONNECTIONS = "DELETE FROM connections WHERE participant_seq = $1 AND expires_at <= $2"
_PRUNE_WEBSOCKETS = "DELETE FROM websockets WHERE participant_seq = $1 AND expires_at <= $2"
# From now on the contact lasts as long as was asked for.
_ARRIVE = """
    UPDATE contacts SET ends_at = lasts_until, lasts_until = NULL
    WHERE seq = $1 AND lasts_until IS NOT NULL
"""
_JOIN = """
    UPDATE participants SET joined_at = $2 WHERE seq = $1 AND joined_at IS NULL RETURNING seq
"""


def who(tokens: str) -> str:
    """Return what a SELECT of who stands behind tokens says up to its WHERE, by the table of their kind."""
    return f"""
    p.seq, c.seq, c.id, c.instance_id, p.id, p.role, p.display_name,
           t.expires_at, p.disconnected_at, c.ended_at, c.ends_at
    FROM {tokens} t
    JOIN participants p ON p.seq = t.participant_seq
    JOIN contacts c ON c.seq = p.contact_seq
"""


CALLER = f"SELECT {who('connections')} WHERE t.digest = $1"
HOLDER = f"SELECT {who('participant_tokens')} WHERE t.digest = $1"
# The newest of each stays until another one comes, good or not.
WAS_CONNECTED = """
    SELECT 1 FROM connections WHERE participant_seq = $1
    UNION ALL SELECT 1 FROM websockets WHERE participant_seq = $1
    LIMIT 1
"""
LISTENER = f"SELECT {who('websockets')} WHERE t.digest = $1"


def lock_if_open(contact_seq: int, now: int) -> Write[bool]:
    """Tell whether a contact is open, and lock it if so."""
    return bool((yield _LOCK_OPEN, (contact_seq, now)))


def lock_open(caller: Caller, now: int) -> Write[bool]:
    """Tell whether the contact is open and the participant in it, and lock the contact if so."""
    locked = yield from lock_if_open(caller.contact_seq, now)
    return bool(locked and (yield _IS_PRESENT, (caller.seq,)))


def refuse_unless_open(caller: Caller, now: int) -> Write[None]:
    """Raise AccessDeniedException if the contact ended or the participant left meanwhile."""
    if not (yield from lock_open(caller, now)):
        raise gone()


def told_before(caller: Caller, item_id: str) -> Write[TranscriptItem]:
    """Return the item that this very write made when it was first carried out, or refuse."""
    before = yield from items.find(caller.contact_id, item_id)
    if before is None:
        raise gone()
    return before


def gone() -> AccessDeniedException:
    """Word the refusal of a caller whose token was good when the request came in."""
    return AccessDeniedException(reason="the contact ended or the participant left meanwhile")


def connect(holder: Caller, new: NewConnection, now: int) -> Write[None]:
    """Record a connection; see `ContactStore.connect`."""
    yield from refuse_unless_open(holder, now)
    if holder.role is Role.CUSTOMER:
        yield _ARRIVE, (holder.contact_seq,)
    if new.connection:
        yield _PRUNE_CONNECTIONS, (holder.seq, now)
        yield (
            _INSERT_CONNECTION,
            (new.connection.digest, holder.seq, new.connection.expires_at),
        )
    if new.websocket:
        yield _PRUNE_WEBSOCKETS, (holder.seq, now)
        yield _INSERT_WEBSOCKET, (new.websocket.digest, holder.seq, new.websocket.expires_at)


def join(caller: Caller, item_id: str, now: int) -> Write[TranscriptItem | None]:
    """Tell once that a participant has come; see `ContactStore.join`."""
    if not (yield from lock_open(caller, now)):
        return (yield from told_before(caller, item_id))
    if not (yield _JOIN, (caller.seq, now)):
        return (yield from items.find(caller.contact_id, item_id))
    return (
        yield from items.append_event(
            EventType.JOINED,
            contact_seq=caller.contact_seq,
            participant_seq=caller.seq,
            author=caller.participant,
            item_id=item_id,
            now=now,
        )
    )


def disconnect(
    caller: Caller, item_id: str, now: int, new_id: Callable[[], str]
) -> Write[list[TranscriptItem]]:
    """End a participation; see `ContactStore.disconnect`."""
    if not (yield from lock_open(caller, now)):
        before = yield from told_before(caller, item_id)
        if caller.role is not Role.CUSTOMER:
            return [before]
        # Nothing comes after the end, so what does is of the same leaving.
        return [before, *(yield from items.since(before))]
    left = yield from contacts.leave(
        caller.contact_seq, caller.seq, caller.participant, item_id, now
    )
    if caller.role is not Role.CUSTOMER:
        return [left]
    return [left, *(yield from contacts.exit(caller.contact_seq, now, new_id))]


def caller(row: Row, now: int) -> Caller:
    """Read a row of `CALLER`, `HOLDER` or `LISTENER`."""
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
        return "the time of the contact is over"
    if disconnected_at is not None:
        return "the participant has disconnected"
    if expires_at <= now:
        return "the token has expired"
    return None
