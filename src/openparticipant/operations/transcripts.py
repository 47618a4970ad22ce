"""GetTranscript: the transcript page by page, in both directions and both orders."""

from __future__ import annotations

from openparticipant.domain.connection import Caller
from openparticipant.errors import ValidationException
from openparticipant.limits import TRANSCRIPT_PAGE
from openparticipant.operations.entries import entry
from openparticipant.ports import PageStart, Ports
from openparticipant.wire import next_token
from openparticipant.wire.shapes import (
    GetTranscriptRequest,
    GetTranscriptResponse,
    StartPosition,
)
from openparticipant.wire.times import parse_iso8601


async def get_transcript(
    ports: Ports, caller: Caller, request: GetTranscriptRequest
) -> GetTranscriptResponse:
    """Return one page.

    Pages follow one another in the scan direction, the items in a page in the sort order. Reading
    backwards, what is said meanwhile changes no page that follows; reading forwards, it comes last.
    What the caller may not see is not there: pages are full without it.
    """
    if request.contact_id not in {None, caller.contact_id}:
        raise ValidationException("ContactId is not that of this chat.")
    start = _position(request.start_position)
    direction = request.scan_direction or ("FORWARD" if start else "BACKWARD")
    forward = direction == "FORWARD"
    begin = await _begin(ports, caller, request, start, forward=forward)
    limit = request.max_results or TRANSCRIPT_PAGE
    found = await ports.store.page(
        caller.contact_seq, viewer=caller.seq, begin=begin, forward=forward, limit=limit + 1
    )
    page, more = found[:limit], found[limit:]
    if forward != (request.sort_order == "ASCENDING"):
        page.reverse()
    question = _question(caller.contact_id, forward=forward)
    return GetTranscriptResponse(
        initial_contact_id=caller.contact_id,
        transcript=[entry(item) for item in page],
        next_token=next_token.write(question, more[0].ordinal) if more else None,
    )


def _question(contact_id: str, *, forward: bool) -> str:
    return f"{contact_id} {'FORWARD' if forward else 'BACKWARD'}"


async def _begin(
    ports: Ports,
    caller: Caller,
    request: GetTranscriptRequest,
    start: StartPosition | None,
    *,
    forward: bool,
) -> int:
    if request.next_token is not None:
        question = _question(caller.contact_id, forward=forward)
        place = next_token.read(request.next_token, question, 1)
        if place is None:
            raise ValidationException(
                "NextToken is not one that this chat's transcript gave for this ScanDirection."
            )
        return place[0]
    if start is None and forward:
        return 1
    begin = await ports.store.place(
        caller.contact_seq, _start(start, forward=forward), viewer=caller.seq
    )
    if begin is not None:
        return begin
    if start is not None and start.id is not None:
        raise ValidationException("StartPosition.Id is not that of an item of this chat.")
    # No item as late, or as early: what follows in this direction is nothing yet, or ever.
    return _END if forward else 0


_END = 2**31  # beyond every ordinal


def _position(position: StartPosition | None) -> StartPosition | None:
    """Return where to begin, None also for the empty position that browser clients send."""
    if position is None:
        return None
    given = [
        value
        for value in (position.id, position.absolute_time, position.most_recent)
        if value is not None
    ]
    if len(given) > 1:
        raise ValidationException(
            "StartPosition must have one of Id, AbsoluteTime and MostRecent only."
        )
    return position if given else None


def _start(position: StartPosition | None, *, forward: bool) -> PageStart:
    if position is None:
        return PageStart(forward)
    at = None
    if position.absolute_time is not None:
        at = parse_iso8601(position.absolute_time)
        if at is None:
            raise ValidationException(
                "StartPosition.AbsoluteTime must be an instant such as 2026-01-31T10:15:24.656Z."
            )
    return PageStart(forward, id=position.id, at=at, most_recent=position.most_recent)
