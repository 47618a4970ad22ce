"""Who did what: the events that are written down for good."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Event(enum.StrEnum):
    """What happened; each is recorded by the transaction that makes it true, or before it is."""

    UPLOAD_STARTED = "UPLOAD_STARTED"
    """A URL for an upload was handed out, also a second one for the same attachment."""
    UPLOAD_COMPLETED = "UPLOAD_COMPLETED"
    FILE_APPROVED = "FILE_APPROVED"
    """By the scanners; without any, a completed file is approved."""
    FILE_REJECTED = "FILE_REJECTED"
    FILE_REMOVED = "FILE_REMOVED"
    """Because it was old."""
    DOWNLOAD_OFFERED = "DOWNLOAD_OFFERED"
    """A URL for a download was handed out."""
    CONTACT_PURGED = "CONTACT_PURGED"
    """All of it is removed from then on; the server itself does so once it is old enough."""
    KEY_ADDED = "KEY_ADDED"
    KEY_RETIRED = "KEY_RETIRED"
    CONFIGURATION_CHANGED = "CONFIGURATION_CHANGED"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One event, in epoch milliseconds.

    `actor` is the id of a participant or of an access key, None for the server itself and for an
    operator without a server. `place` is where it stands among all, counted from 1 with gaps. No
    name, content or secret of anybody is in it: ids outlive what they name.
    """

    place: int
    at: int
    event: Event
    actor: str | None
    request_id: str | None
    contact_id: str | None
    attachment_id: str | None
    detail: str | None
