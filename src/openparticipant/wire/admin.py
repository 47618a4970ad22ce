"""The operator's own API: shapes that AWS does not have. Instants are ISO 8601, UTC.

A member that a request does not have is refused, since a filter that is misspelt would let
everything through.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from openparticipant.wire.connect import InstanceId
from openparticipant.wire.shapes import Instant, Item, NextToken, Shape, Text256

PageSize = Annotated[int, Meta(ge=1, le=100)]
State = Literal["OPEN", "ENDED"]
Purpose = Literal["CONTROL", "OBJECTS"]


class ListContactsRequest(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which contacts, and which page of them; `started_until` is not included."""

    state: State | None = None
    instance_id: InstanceId | None = None
    started_since: Instant | None = None
    started_until: Instant | None = None
    max_results: PageSize | None = None
    next_token: NextToken | None = None


class Contact(Shape, frozen=True, kw_only=True):
    """`item_count` is the length of the transcript."""

    id: Text256
    instance_id: str
    contact_flow_id: str
    state: State
    started_at: Instant
    ended_at: Instant | None = None
    disconnect_reason: str | None = None
    participant_count: int
    item_count: int


class ListContactsResponse(Shape, frozen=True, kw_only=True):
    """The newest first."""

    contacts: list[Contact]
    next_token: NextToken | None = None


class GetContactTranscriptRequest(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose transcript, and which page of it."""

    contact_id: Text256
    max_results: PageSize | None = None
    next_token: NextToken | None = None


class GetContactTranscriptResponse(Shape, frozen=True, kw_only=True):
    """The oldest first; the items are those of GetTranscript."""

    contact: Contact
    transcript: list[Item]
    next_token: NextToken | None = None


class ListAccessKeysRequest(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of them."""


class AccessKey(Shape, frozen=True, kw_only=True):
    """`retires_at` is when the last thing ends that it signed; absent while it signs."""

    id: str
    purpose: Purpose
    created_at: Instant
    retires_at: Instant | None = None


class ListAccessKeysResponse(Shape, frozen=True, kw_only=True):
    """By purpose, the newest first."""

    access_keys: list[AccessKey]


class AddAccessKeyRequest(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What for."""

    purpose: Purpose


class AddAccessKeyResponse(Shape, frozen=True, kw_only=True):
    """The secret is told where somebody else is to sign with it."""

    access_key: AccessKey
    secret_access_key: str | None = None


class RetireAccessKeyRequest(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which one, and whether also what it has signed is to be refused from now on."""

    access_key_id: Text256
    is_leaked: bool = False


class RetireAccessKeyResponse(Shape, frozen=True, kw_only=True):
    """What became of it."""

    access_key: AccessKey


class ExplainRequestRequest(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which one, by what its client was told in `x-amzn-RequestId` or `x-amz-request-id`."""

    request_id: Text256


class ExplainRequestResponse(Shape, frozen=True, kw_only=True):
    """`reason` is what the log has and the client was not told; `details` what is known beside it."""

    request_id: str
    at: Instant
    reason: str
    status: int | None = None
    details: dict[str, str]


class ExplainUrlRequest(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A pre-signed request, as far as it is known."""

    url: Annotated[str, Meta(min_length=1, max_length=8192)]
    method: Literal["GET", "HEAD", "PUT"] | None = None
    headers: dict[str, str] | None = None


class Finding(Shape, frozen=True, kw_only=True):
    """One part of the request, and whether it is what was invited."""

    about: str
    is_good: bool
    text: str


class ExplainUrlResponse(Shape, frozen=True, kw_only=True):
    """In the order in which a server looks."""

    findings: list[Finding]


class ListAuditEventsRequest(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which events, and which page of them; `until` is not included."""

    contact_id: Text256 | None = None
    attachment_id: Text256 | None = None
    since: Instant | None = None
    until: Instant | None = None
    max_results: PageSize | None = None
    next_token: NextToken | None = None


class AuditEvent(Shape, frozen=True, kw_only=True):
    """`actor` is a participant's or an access key's id; absent for the server itself."""

    at: Instant
    event: str
    actor: str | None = None
    request_id: str | None = None
    contact_id: str | None = None
    attachment_id: str | None = None
    detail: str | None = None


class ListAuditEventsResponse(Shape, frozen=True, kw_only=True):
    """The oldest first. A page may be empty although more follow: then it has a `next_token`."""

    events: list[AuditEvent]
    next_token: NextToken | None = None


class PurgeContactRequest(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which one; `end_first` where it may be open."""

    contact_id: Text256
    end_first: bool = False


class PurgeContactResponse(Shape, frozen=True, kw_only=True):
    """`PURGING` while something is left that is still to be removed."""

    contact_id: str
    state: Literal["PURGED", "PURGING"]


class ListPendingUploadsRequest(Shape, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page."""

    max_results: PageSize | None = None
    next_token: NextToken | None = None


class PendingUpload(Shape, frozen=True, kw_only=True):
    """`size_in_bytes` is what was announced; at `vanishes_at` it goes unless it is completed."""

    contact_id: str
    attachment_id: str
    size_in_bytes: int
    vanishes_at: Instant


class ListPendingUploadsResponse(Shape, frozen=True, kw_only=True):
    """In the order in which their deadlines come."""

    pending_uploads: list[PendingUpload]
    next_token: NextToken | None = None
