"""The audit: rows that are added and read, and never changed.

It has no index beside its own order: one by contact would cost a start of an upload as much as all
else that it writes. Who looks for a contact reads all of it, window by window.
"""

from __future__ import annotations

from openparticipant.domain.audit import AuditEntry, Event
from openparticipant.ports import AuditFilter, AuditPage
from openparticipant.request_context import RequestContext
from openparticipant.stores.write import Database, Statement

WINDOW = 10_000
"""Rows that one read looks at; they hold the event loop for some milliseconds."""

_INSERT = """
    INSERT INTO audit (at, event, actor, request_id, contact_id, attachment_id, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_SELECT = """
    SELECT seq, at, event, actor, request_id, contact_id, attachment_id, detail
    FROM audit
    WHERE seq > $1 AND seq <= $2 AND at >= $3 AND at < $4
      AND (CAST($5 AS TEXT) IS NULL OR contact_id = $5)
      AND (CAST($6 AS TEXT) IS NULL OR attachment_id = $6)
    ORDER BY seq
    LIMIT $7
"""
_NEWEST = "SELECT coalesce(max(seq), 0) FROM audit"


def entry(
    event: Event,
    now: int,
    by: RequestContext,
    *,
    actor: str | None = None,
    contact_id: str | None = None,
    attachment_id: str | None = None,
    detail: str | None = None,
) -> Statement:
    """Return the statement that records an event; without an `actor` it is who signed."""
    return (
        _INSERT,
        (now, event.value, actor or by.signer, by.request_id, contact_id, attachment_id, detail),
    )


async def page(database: Database, wanted: AuditFilter, *, after: int, limit: int) -> AuditPage:
    """Return entries from behind a place on; see `ContactStore.audit`."""
    ((newest,),) = await database.read(_NEWEST)
    end = min(after + WINDOW, newest)
    rows = await database.read(
        _SELECT,
        after,
        end,
        wanted.since,
        wanted.until,
        wanted.contact_id,
        wanted.attachment_id,
        limit,
    )
    found = [AuditEntry(place, at, Event(event), *rest) for place, at, event, *rest in rows]
    if len(found) == limit:
        return AuditPage(found, found[-1].place)
    return AuditPage(found, end if end < newest else None)
