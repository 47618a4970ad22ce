"""The truth about contacts, tokens, attachments and transcripts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from openparticipant.domain.attachment import Attachment
from openparticipant.domain.connection import Caller
from openparticipant.domain.contact import Contact
from openparticipant.domain.file_configuration import FileConfiguration
from openparticipant.domain.quota import Quota
from openparticipant.domain.transcript import Receipt, TranscriptItem
from openparticipant.ports.attachments import (
    Claim,
    Claimed,
    DueAttachment,
    DueScan,
    PendingUpload,
    Proposal,
    ScanBacklog,
)
from openparticipant.ports.audit import AuditFilter, AuditPage
from openparticipant.ports.contacts import (
    ContactFilter,
    ContactPlace,
    ListedContact,
    NewConnection,
    NewContact,
    NewParticipant,
)
from openparticipant.ports.messages import NewMessage, NewReceipt, PageStart
from openparticipant.ports.purges import DuePurge, Marked


class ContactStore(Protocol):
    """The truth about contacts, tokens, attachments and transcripts.

    Each method is one transaction and durable when it returns. Whether the contact is open, the
    participant present and the quota free is decided inside it. A method that cannot reach the
    database raises `Unavailable` and has changed nothing that it acknowledged.

    What a request changes may be asked for again in the same words, ids included, by one who never
    heard what became of it: done before, it is not done twice, and the answer is the first one's.
    `release` knows no more then than that it is done. Of deadlines, which nobody waits for, this does
    not hold.
    """

    async def start_contact(self, new: NewContact) -> tuple[str, str]:
        """Record a contact and its customer; return their ids.

        A repeat under the same client token returns the first ids and adds the new token to the
        customer; another request under it raises InvalidRequestException.
        """
        ...

    async def create_participant(self, new: NewParticipant, *, now: int) -> str:
        """Add a participant; return its id, or that of the first under this client token.

        Raises ResourceNotFoundException (no such open contact), ServiceQuotaExceededException (a
        second bot) or ConflictException (the client token named another request).
        """
        ...

    async def stop_contact(
        self, contact_id: str, instance_id: str, reason: str, item_id: str, *, now: int
    ) -> TranscriptItem:
        """End a contact and with it every token; return the item that tells so.

        Raises ContactNotFoundException if there is no such open contact.
        """
        ...

    async def contact(self, contact_id: str, instance_id: str) -> Contact | None:
        """Return a contact, open or ended."""
        ...

    async def find_contact(self, contact_id: str) -> ListedContact | None:
        """Return a contact of whatever instance."""
        ...

    async def list_contacts(
        self, wanted: ContactFilter, *, before: ContactPlace, limit: int
    ) -> list[ListedContact]:
        """Return contacts that lie before a place, the newest first.

        A page costs the same among ten contacts and a million. What starts meanwhile changes no
        page that follows.
        """
        ...

    async def holder(self, participant_token: bytes, *, now: int) -> Caller | None:
        """Return who holds a participant token, by its digest, or None if nobody ever did."""
        ...

    async def connect(self, holder: Caller, new: NewConnection, *, now: int) -> None:
        """Record a connection; raise AccessDeniedException if the contact or participant is gone.

        The customer's first one gives the contact its full duration.
        """
        ...

    async def listener(self, websocket_token: bytes, *, now: int) -> Caller | None:
        """Return who stands behind a digest of a WebSocket's token, or None if nobody ever did."""
        ...

    async def join(self, caller: Caller, item_id: str, *, now: int) -> TranscriptItem | None:
        """Note that a participant has come; return the item that tells so, None from then on.

        Raises AccessDeniedException if the contact or participant is gone.
        """
        ...

    async def was_connected(self, holder: Caller) -> bool:
        """Tell whether a participant has had a connection before."""
        ...

    async def caller(self, connection_token: bytes, *, now: int) -> Caller | None:
        """Return who stands behind a digest of a connection token, or None if nobody ever did."""
        ...

    async def disconnect(self, caller: Caller, item_id: str, *, now: int) -> list[TranscriptItem]:
        """End a participation and void its tokens; a customer's also ends the contact.

        Returns the items that tell so, `item_id` first; raises AccessDeniedException if it has ended
        before.
        """
        ...

    async def send(self, caller: Caller, new: NewMessage, *, now: int) -> TranscriptItem:
        """Append a message, or return the one that this client token appended before.

        Raises ValidationException (the token named another message, or the contact does not take
        the content type) or AccessDeniedException.
        """
        ...

    async def acknowledge(self, caller: Caller, new: NewReceipt, *, now: int) -> Receipt | None:
        """Record a receipt; return what is known now, or None if it was known before `now`.

        Raises ValidationException (no such message of somebody else's), ConflictException (more
        than two participants are active) or AccessDeniedException.
        """
        ...

    async def propose(self, caller: Caller, new: Proposal, *, quota: Quota, now: int) -> Attachment:
        """Reserve an attachment, or renew the one that this client token reserved before.

        Raises ValidationException if the token named another file, ServiceQuotaExceededException,
        with words that name the bound, if the contact would hold more than the quota.
        """
        ...

    async def attachment(self, caller: Caller, attachment_id: str) -> Attachment | None:
        """Return an attachment of the caller's contact."""
        ...

    async def offered(self, caller: Caller, attachment_id: str, *, now: int) -> None:
        """Record that the caller is about to be given a URL for a download.

        Twice, if it is called again because nobody heard of the first time.
        """
        ...

    async def audit(self, wanted: AuditFilter, *, after: int, limit: int) -> AuditPage:
        """Return what was done, the oldest first, from behind the place `after` on."""
        ...

    async def staged(self, contact_id: str, attachment_id: str) -> Attachment | None:
        """Return the attachment that an upload URL names, while its uploader is in an open contact."""
        ...

    async def pending_uploads(
        self, *, after: tuple[int, int, str], limit: int
    ) -> list[PendingUpload]:
        """Return what is pending from behind a place on, by the next deadline; for the operator."""
        ...

    async def find_attachment(self, contact_id: str, attachment_id: str) -> Attachment | None:
        """Return an attachment, also of a contact that has ended; for the operator."""
        ...

    async def kept(self, contact_id: str, attachment_id: str) -> Attachment | None:
        """Return the attachment that a download URL names, while its contact is open."""
        ...

    async def claim(self, caller: Caller, claim: Claim, *, quota: Quota, now: int) -> Claimed:
        """Move a pending attachment of the caller's to COMPLETING under this attempt.

        Raises ValidationException (no such attachment of this caller), ConflictException
        (completed before, under another token) or ServiceQuotaExceededException (its reservation
        has lapsed and the contact is full; how many are pending does not count here).
        """
        ...

    async def approve(
        self, caller: Caller, claim: Claim, item_id: str, *, now: int
    ) -> TranscriptItem | None:
        """Record the completed file and append its ATTACHMENT item, in one.

        None means that this attempt no longer holds the attachment: nothing was changed. Raises
        AccessDeniedException if the contact ended meanwhile.
        """
        ...

    async def hand_over(self, caller: Caller, claim: Claim, *, now: int) -> bool:
        """Record the completed file and that scanners have to look at it, in one; no item yet.

        False means that this attempt no longer holds the attachment: nothing was changed. Raises
        AccessDeniedException if the contact ended meanwhile.
        """
        ...

    async def release(self, contact_id: str, claim: Claim) -> bool:
        """Give up an attempt: the attachment is pending again. False if this claim had lost it."""
        ...

    async def items(self, contact_id: str, *, after: int, limit: int) -> list[TranscriptItem]:
        """Return items with ordinals above `after`, in order, without receipts; private ones, too."""
        ...

    async def place(self, contact_seq: int, start: PageStart, *, viewer: int | None) -> int | None:
        """Return the ordinal at which to begin reading, None where there is no such item.

        What the participant `viewer` (their `Caller.seq`) may not see is not there for them; None
        sees all.
        """
        ...

    async def page(
        self, contact_seq: int, *, viewer: int | None, begin: int, forward: bool, limit: int
    ) -> list[TranscriptItem]:
        """Return items with receipts, from ordinal `begin` on: upwards if `forward`, else down.

        As many as `limit` of those that `viewer` may see; None sees all.
        """
        ...

    async def heads(self, contact_seqs: Iterable[int]) -> dict[int, int]:
        """Return the newest ordinal of each contact, 0 where nothing has been said."""
        ...

    async def due_attachments(self, *, now: int, lease: int, limit: int) -> list[DueAttachment]:
        """Take attachments whose deadline has passed, each for `lease` milliseconds."""
        ...

    async def settle(self, due: DueAttachment, *, now: int) -> bool:
        """Apply the deadline: free a lapsed reservation, undo a lapsed completion, or forget.

        Of one that was removed, nothing falls due from now on: its bytes are gone.

        True means forgotten: no row speaks of the attachment any more.
        """
        ...

    async def expire_leases(self, *, now: int) -> None:
        """Let every running completion, removal and scan lapse; for a node that is alone, at its start."""
        ...

    async def scan_backlog(self) -> ScanBacklog:
        """Return how much waits for scanners."""
        ...

    async def due_scans(
        self, *, now: int, lease: int, limit: int, handed_over_by: int
    ) -> list[DueScan]:
        """Take scans whose time has come, each for `lease` milliseconds; those tried least come first.

        Only those of files that were handed over by then, and void ones.
        """
        ...

    async def postpone(self, due: DueScan, *, until: int, tries: int) -> bool:
        """Give a scan back without a verdict, to be taken at `until`. False if the lease was lost."""
        ...

    async def conclude(
        self, due: DueScan, item_id: str, *, is_approved: bool, finding: str | None, now: int
    ) -> TranscriptItem | None:
        """Record the verdict and append the ATTACHMENT item, in one; a rejection's is private.

        `finding` is what the scanner says that it found, for the audit.

        None means that the lease was lost: nothing was changed. Raises AccessDeniedException if the
        contact ended meanwhile. A rejected file falls due again, as void, until it is cleared.
        """
        ...

    async def clear(self, due: DueScan, *, now: int) -> None:
        """Forget the scan of a void file, whose bytes are gone; with its contact, the file as well."""
        ...

    async def end_expired_contacts(self, *, now: int, limit: int) -> list[TranscriptItem]:
        """End contacts whose time is over; return the items that tell so, one each."""
        ...

    async def file_configurations(self) -> list[FileConfiguration]:
        """Return what every instance decided on attached files."""
        ...

    async def configure_files(self, change: FileConfiguration) -> FileConfiguration:
        """Record what is not None in a change, keep the rest, and return what then holds.

        Of two, the later one has the later `modified_at`, whatever the clocks said.
        """
        ...

    async def count_instances(self, *, now: int) -> None:
        """Know from now on what the attachments of each instance take, as a quota of instances asks.

        Called again, it does nothing: what is known once is known for good.
        """
        ...

    async def mark_for_purge(self, contact_id: str, item_id: str, *, end: bool, now: int) -> Marked:
        """Let a contact be removed: from now on nobody is shown anything of it.

        One that is open is ended with `end`, by an item of this id. Raises StillOpenError without.
        """
        ...

    async def is_marked_for_purge(self, contact_id: str) -> bool:
        """Tell whether anything is left of a contact that is to be removed."""
        ...

    async def mark_old_for_purge(self, *, ended_by: int, now: int, limit: int) -> int:
        """Let contacts be removed that ended by then, the oldest first; return how many."""
        ...

    async def due_purges(self, *, now: int, lease: int, limit: int) -> list[DuePurge]:
        """Take contacts to be removed, each for `lease` milliseconds.

        One with unfinished uploads or scans falls due again until those have been settled.
        """
        ...

    async def purge(self, due: DuePurge, *, now: int) -> None:
        """Remove the rows of a contact whose bytes are gone."""
        ...

    async def remove_old_attachments(self, *, approved_by: int, now: int, limit: int) -> int:
        """Let attachments be shown to nobody that were approved by then, the oldest first.

        They fall due at once, for their bytes to be removed, and take no room from now on. Returns
        how many there were.
        """
        ...

    async def next_deadline(
        self, *, retention: int | None = None, attachment_retention: int | None = None
    ) -> int | None:
        """Return the earliest instant at which something falls due.

        With `retention`, contacts do so many milliseconds after their end, and attachments
        `attachment_retention` after their approval.
        """
        ...
