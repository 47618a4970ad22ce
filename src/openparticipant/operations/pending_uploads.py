"""ListPendingUploads: what will vanish unless somebody completes it, and when."""

from __future__ import annotations

from uuid import UUID

from openparticipant.errors import InvalidRequestException
from openparticipant.limits import RECORDS_PAGE
from openparticipant.ports import OperatorPorts
from openparticipant.wire import admin as wire
from openparticipant.wire import next_token
from openparticipant.wire.times import iso8601

_QUESTION = "pending uploads"
_PART = 43  # bits; three parts of an id, each a number that a token takes


async def list_pending_uploads(
    ports: OperatorPorts, request: wire.ListPendingUploadsRequest
) -> wire.ListPendingUploadsResponse:
    """Return one page, in the order in which their deadlines come. Nothing is changed."""
    after = (0, 0, "") if request.next_token is None else _place(request.next_token)
    limit = request.max_results or RECORDS_PAGE
    found = await ports.store.pending_uploads(after=after, limit=limit + 1)
    page = found[:limit]
    return wire.ListPendingUploadsResponse(
        pending_uploads=[
            wire.PendingUpload(
                contact_id=each.attachment.contact_id,
                attachment_id=each.attachment.id,
                size_in_bytes=each.attachment.size,
                vanishes_at=iso8601(each.abandoned_at),
            )
            for each in page
        ],
        next_token=_token(page[-1].place) if len(found) > limit else None,
    )


def _token(place: tuple[int, int, str]) -> str:
    due_at, contact_seq, attachment_id = place
    number, mask = UUID(attachment_id).int, (1 << _PART) - 1
    parts = number >> 2 * _PART, number >> _PART & mask, number & mask
    return next_token.write(_QUESTION, due_at, contact_seq, *parts)


def _place(token: str) -> tuple[int, int, str]:
    found = next_token.read(token, _QUESTION, 5)
    if found is None:
        raise _foreign()
    due_at, contact_seq, high, middle, low = found
    try:
        number = UUID(int=high << 2 * _PART | middle << _PART | low)
    except ValueError:  # made up, checksum and all
        raise _foreign() from None
    return due_at, contact_seq, str(number)


def _foreign() -> InvalidRequestException:
    return InvalidRequestException("NextToken is not one that this list gave.")
