"""What is said to the store, and by it, about attachments."""

from __future__ import annotations

from dataclasses import dataclass

from openparticipant.domain.attachment import Attachment


@dataclass(frozen=True, slots=True)
class Proposal:
    """An attachment to reserve.

    `abandoned_at` is when it vanishes unless it was completed.
    """

    attachment: Attachment
    client_token: str | None
    abandoned_at: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt to complete an attachment: it alone may write `final_key`, while its lease lasts."""

    attachment_id: str
    attempt: str
    final_key: str
    client_token: str | None
    lease_until: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """How a claim went.

    The attempt owns the attachment if `granted`. `done` means that a completion under the same
    client token already succeeded. Neither means that another attempt holds it, or left
    it for its deadline to undo.
    """

    granted: bool
    done: bool
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class DueScan:
    """A completed file that waits for scanners, leased to whoever was told until `leased_until`.

    It was completed at `handed_over_at` and shown to scanners `tries` times, without an answer. Of
    one that is void nothing is to be decided any more: it was rejected, or its contact has ended,
    and its bytes have to go.
    """

    contact_seq: int
    instance_id: str
    attachment: Attachment
    handed_over_at: int
    tries: int
    leased_until: int
    is_void: bool


@dataclass(frozen=True, slots=True)
class ScanBacklog:
    """How many files wait for scanners, under way or not, and when the next may be taken."""

    due_at: int | None
    waiting: int


@dataclass(frozen=True, slots=True)
class PendingUpload:
    """An attachment that nobody completed yet; unless somebody does, it vanishes at `abandoned_at`.

    Its `place` is where it stands in the order of deadlines.
    """

    place: tuple[int, int, str]
    abandoned_at: int
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class DueAttachment:
    """An attachment whose deadline has passed, leased to whoever was told."""

    contact_seq: int
    attachment: Attachment
