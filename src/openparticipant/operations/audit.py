"""ListAuditEvents: who did what."""

from __future__ import annotations

from openparticipant.domain.audit import AuditEntry
from openparticipant.errors import InvalidRequestException
from openparticipant.limits import RECORDS_PAGE
from openparticipant.operations.instants import instant
from openparticipant.ports import AuditFilter, OperatorPorts
from openparticipant.wire import admin as wire
from openparticipant.wire import next_token
from openparticipant.wire.times import iso8601

_NEVER = 2**53  # later than everything


async def list_audit_events(
    ports: OperatorPorts, request: wire.ListAuditEventsRequest
) -> wire.ListAuditEventsResponse:
    """Return one page of the audit, the oldest first; it may be empty although more follow."""
    wanted = AuditFilter(
        since=max(0, instant("Since", request.since, 0)),
        until=max(0, instant("Until", request.until, _NEVER)),
        contact_id=request.contact_id,
        attachment_id=request.attachment_id,
    )
    question = repr(wanted)
    after = 0
    if request.next_token is not None:
        place = next_token.read(request.next_token, question, 1)
        if place is None:
            raise InvalidRequestException("NextToken is not one that this audit gave.")
        after = place[0]
    page = await ports.store.audit(wanted, after=after, limit=request.max_results or RECORDS_PAGE)
    return wire.ListAuditEventsResponse(
        events=[_told(each) for each in page.entries],
        next_token=None if page.end is None else next_token.write(question, page.end),
    )


def _told(entry: AuditEntry) -> wire.AuditEvent:
    return wire.AuditEvent(
        at=iso8601(entry.at),
        event=entry.event.value,
        actor=entry.actor,
        request_id=entry.request_id,
        contact_id=entry.contact_id,
        attachment_id=entry.attachment_id,
        detail=entry.detail,
    )
