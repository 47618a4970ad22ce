"""Reads of all attachments, for who compares them with the objects."""

from __future__ import annotations

from openparticipant.ports import InventoryEntry, InventoryPlace
from openparticipant.stores import attachments
from openparticipant.stores.write import Readable, Row

_ENTRY = f"""
    SELECT a.contact_seq, CASE WHEN c.ended_at IS NULL THEN c.ends_at ELSE c.ended_at END,
           CASE WHEN s.due_at IS NULL AND a.due_at IS NULL THEN 1 ELSE 0 END,
           CASE WHEN c.purge_at IS NULL THEN 0 ELSE 1 END, {attachments.COLUMNS}
    FROM attachments a
    JOIN contacts c ON c.seq = a.contact_seq
    LEFT JOIN scans s ON s.contact_seq = a.contact_seq AND s.attachment_id = a.id
"""  # noqa: S608 - the only text put in is the constant above
# By the primary key, so a page costs the same wherever it begins.
PAGE = f"""{_ENTRY}
    WHERE (a.contact_seq, a.id) > ($1, $2)
    ORDER BY a.contact_seq, a.id
    LIMIT $3
"""
FIND = f"{_ENTRY} WHERE c.id = $1 AND a.id = $2"


class SqlInventory:
    """`Inventory` on whatever database can be read."""

    def __init__(self, database: Readable) -> None:
        self._database = database

    async def page(self, after: InventoryPlace, *, limit: int) -> list[InventoryEntry]:
        """See `Inventory`."""
        rows = await self._database.read(PAGE, *after, limit)
        return [_entry(row) for row in rows]

    async def find(self, contact_id: str, attachment_id: str) -> InventoryEntry | None:
        """See `Inventory`."""
        rows = await self._database.read(FIND, contact_id, attachment_id)
        return _entry(rows[0]) if rows else None


def _entry(row: Row) -> InventoryEntry:
    contact_seq, over_at, is_settled, is_leaving, *columns = row
    return InventoryEntry(
        contact_seq, over_at, bool(is_settled), bool(is_leaving), attachments.attachment(columns)
    )
