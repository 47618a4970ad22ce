"""Reads of contacts for the operator: one by its id alone, or many by their start."""

from __future__ import annotations

from openparticipant.ports import ContactFilter, ContactPlace, ListedContact
from openparticipant.stores import contacts
from openparticipant.stores.write import Database, Row

_FOUND = f"""
    seq, (SELECT count(*) FROM participants WHERE contact_seq = contacts.seq), last_ordinal,
    {contacts.COLUMNS}
    FROM contacts
"""  # noqa: S608 - the only text put in is the constant above
_BY_ID = f"SELECT {_FOUND} WHERE id = $1 AND purge_at IS NULL"
_PAGE = """
    (started_at, seq) < ($1, $2) AND started_at >= $3 AND purge_at IS NULL
    ORDER BY started_at DESC, seq DESC
    LIMIT $4
"""
# A statement for each way to choose, so that each finds its page by an index; what has ended is
# nearly everything, so that the open ones are soon passed over.
_ALL = f"SELECT {_FOUND} WHERE {_PAGE}"
_OPEN = f"SELECT {_FOUND} WHERE ended_at IS NULL AND {_PAGE}"
_ENDED = f"SELECT {_FOUND} WHERE ended_at IS NOT NULL AND {_PAGE}"
_ALL_OF = f"SELECT {_FOUND} WHERE instance_id = $5 AND {_PAGE}"
_OPEN_OF = f"SELECT {_FOUND} WHERE instance_id = $5 AND ended_at IS NULL AND {_PAGE}"
_ENDED_OF = f"SELECT {_FOUND} WHERE instance_id = $5 AND ended_at IS NOT NULL AND {_PAGE}"
_STATEMENTS = {None: (_ALL, _ALL_OF), True: (_OPEN, _OPEN_OF), False: (_ENDED, _ENDED_OF)}


async def find(database: Database, contact_id: str) -> ListedContact | None:
    """Return one contact; see `ContactStore.find_contact`."""
    rows = await database.read(_BY_ID, contact_id)
    return _listed(rows[0]) if rows else None


async def page(
    database: Database, wanted: ContactFilter, *, before: ContactPlace, limit: int
) -> list[ListedContact]:
    """Return contacts, the newest first; see `ContactStore.list_contacts`."""
    of_all, of_instance = _STATEMENTS[wanted.is_open]
    place = (before.started_at, before.seq, wanted.since, limit)
    rows = (
        await database.read(of_all, *place)
        if wanted.instance_id is None
        else await database.read(of_instance, *place, wanted.instance_id)
    )
    return [_listed(row) for row in rows]


def _listed(row: Row) -> ListedContact:
    seq, participants, items, *contact = row
    return ListedContact(seq, contacts.contact(contact), participants, items)
