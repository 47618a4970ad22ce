"""What the operator may read of all contacts, also of those whose tokens died with the chat."""

from __future__ import annotations

from openparticipant.domain.contact import instance_id
from openparticipant.errors import InvalidRequestException, ResourceNotFoundException
from openparticipant.limits import RECORDS_PAGE
from openparticipant.operations.entries import entry
from openparticipant.operations.instants import instant
from openparticipant.ports import ContactFilter, ContactPlace, ListedContact, OperatorPorts
from openparticipant.wire import admin as wire
from openparticipant.wire import next_token
from openparticipant.wire.times import iso8601

_NEVER = 2**53  # later than every start


async def list_contacts(
    ports: OperatorPorts, request: wire.ListContactsRequest
) -> wire.ListContactsResponse:
    """Return one page of contacts, the newest first.

    What starts meanwhile changes no page that follows.
    """
    wanted = ContactFilter(
        instance_id=_instance(request.instance_id),
        is_open=None if request.state is None else request.state == "OPEN",
        since=max(0, instant("StartedSince", request.started_since, 0)),
    )
    until = max(0, instant("StartedUntil", request.started_until, _NEVER))
    question = repr((wanted, until))
    place = ContactPlace(until)
    if request.next_token is not None:
        found = next_token.read(request.next_token, question, 2)
        if found is None:
            raise InvalidRequestException("NextToken is not one that this list of contacts gave.")
        place = ContactPlace(*found)
    limit = request.max_results or RECORDS_PAGE
    listed = await ports.store.list_contacts(wanted, before=place, limit=limit + 1)
    page = listed[:limit]
    last = page[-1].place if len(listed) > limit else None
    return wire.ListContactsResponse(
        contacts=[_contact(each) for each in page],
        next_token=next_token.write(question, last.started_at, last.seq) if last else None,
    )


async def get_contact_transcript(
    ports: OperatorPorts, request: wire.GetContactTranscriptRequest
) -> wire.GetContactTranscriptResponse:
    """Return one page of a transcript, the oldest item first."""
    found = await ports.store.find_contact(request.contact_id)
    if found is None:
        raise ResourceNotFoundException("There is no contact with this ContactId.")
    question = f"transcript of {found.contact.id}"
    begin = 1
    if request.next_token is not None:
        place = next_token.read(request.next_token, question, 1)
        if place is None:
            raise InvalidRequestException("NextToken is not one that this transcript gave.")
        begin = place[0]
    limit = request.max_results or RECORDS_PAGE
    items = await ports.store.page(
        found.seq, viewer=None, begin=begin, forward=True, limit=limit + 1
    )
    page, more = items[:limit], items[limit:]
    return wire.GetContactTranscriptResponse(
        contact=_contact(found),
        transcript=[entry(item) for item in page],
        next_token=next_token.write(question, more[0].ordinal) if more else None,
    )


def _contact(listed: ListedContact) -> wire.Contact:
    contact = listed.contact
    return wire.Contact(
        id=contact.id,
        instance_id=contact.instance_id,
        contact_flow_id=contact.flow_id,
        state="OPEN" if contact.ended_at is None else "ENDED",
        started_at=iso8601(contact.started_at),
        ended_at=None if contact.ended_at is None else iso8601(contact.ended_at),
        disconnect_reason=contact.disconnect_reason,
        participant_count=listed.participants,
        item_count=listed.items,
    )


def _instance(text: str | None) -> str | None:
    bare = instance_id(text) if text is not None else None
    if text is not None and bare is None:
        raise InvalidRequestException("InstanceId must be the id of an instance, or its ARN.")
    return bare
