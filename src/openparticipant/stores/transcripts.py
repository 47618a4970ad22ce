"""Reads of transcripts: where to begin, pages, and how far each contact has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from openparticipant.domain.transcript import Receipt, TranscriptItem
from openparticipant.ports import PageStart
from openparticipant.stores import items
from openparticipant.stores.write import Database, Rows

_SEEN = f"SELECT i.ordinal FROM items i WHERE i.contact_seq = $1 AND {items.VISIBLE.format('$2')}"  # noqa: S608 - our own
_BY_ID = f"{_SEEN} AND i.id = $3"
_NOT_BEFORE = f"{_SEEN} AND i.at >= $3 ORDER BY i.ordinal LIMIT 1"
_NOT_AFTER = f"{_SEEN} AND i.at <= $3 ORDER BY i.ordinal DESC LIMIT 1"
_MOST_RECENT = f"{_SEEN} ORDER BY i.ordinal DESC LIMIT 1 OFFSET $3"
_RECEIPTS = """
    SELECT r.ordinal, p.id, r.delivered_at, r.read_at
    FROM receipts r
    JOIN participants p ON p.seq = r.participant_seq
    WHERE r.contact_seq = $1 AND r.ordinal >= $2 AND r.ordinal <= $3
    ORDER BY r.ordinal, r.participant_seq
"""
# A fixed number of places, so that one statement serves any number of contacts.
_CHUNK = 64
_PLACES = ", ".join(f"${place}" for place in range(1, _CHUNK + 1))
_HEADS = f"SELECT seq, last_ordinal FROM contacts WHERE seq IN ({_PLACES})"  # noqa: S608 - our own


async def place(
    database: Database, contact_seq: int, start: PageStart, viewer: int | None
) -> int | None:
    """Return the ordinal to begin at; see `ContactStore.place`."""
    if start.id is not None:
        rows = await database.read(_BY_ID, contact_seq, viewer, start.id)
    elif start.at is not None:
        statement = _NOT_BEFORE if start.forward else _NOT_AFTER
        rows = await database.read(statement, contact_seq, viewer, start.at)
    else:
        newer = max(1, start.most_recent or 1) - 1
        rows = await database.read(_MOST_RECENT, contact_seq, viewer, newer)
        return int(rows[0][0]) if rows else 1
    return int(rows[0][0]) if rows else None


async def page(
    database: Database,
    contact_seq: int,
    *,
    viewer: int | None,
    begin: int,
    forward: bool,
    limit: int,
) -> list[TranscriptItem]:
    """Return items with their receipts; see `ContactStore.page`."""
    statement = items.SELECT_FROM if forward else items.SELECT_UP_TO
    rows = await database.read(statement, contact_seq, begin, limit, viewer)
    found = [items.item(row) for row in rows]
    if not found:
        return []
    ordinals = sorted((found[0].ordinal, found[-1].ordinal))
    told = _by_ordinal(await database.read(_RECEIPTS, contact_seq, *ordinals))
    return [
        replace(item, receipts=tuple(told[item.ordinal])) if item.ordinal in told else item
        for item in found
    ]


async def heads(database: Database, contact_seqs: Iterable[int]) -> dict[int, int]:
    """Return how far each contact has come; see `ContactStore.heads`."""
    wanted = list(contact_seqs)
    found: dict[int, int] = {}
    for at in range(0, len(wanted), _CHUNK):
        chunk = wanted[at : at + _CHUNK]
        chunk += chunk[-1:] * (_CHUNK - len(chunk))
        found.update((seq, head) for seq, head in await database.read(_HEADS, *chunk))
    return found


def _by_ordinal(rows: Rows) -> dict[int, list[Receipt]]:
    told: dict[int, list[Receipt]] = {}
    for ordinal, *receipt in rows:
        told.setdefault(ordinal, []).append(Receipt(*receipt))
    return told
