"""The contact store over SQL, whichever database drives it."""

from __future__ import annotations

from collections.abc import Iterable

from openparticipant import request_context
from openparticipant.domain.attachment import Attachment
from openparticipant.domain.connection import Caller
from openparticipant.domain.contact import Contact
from openparticipant.domain.file_configuration import FileConfiguration
from openparticipant.domain.quota import Quota
from openparticipant.domain.transcript import Receipt, TranscriptItem
from openparticipant.ports import (
    AuditFilter,
    AuditPage,
    Claim,
    Claimed,
    ContactFilter,
    ContactPlace,
    DueAttachment,
    DuePurge,
    DueScan,
    IdSource,
    ListedContact,
    Marked,
    NewConnection,
    NewContact,
    NewMessage,
    NewParticipant,
    NewReceipt,
    PageStart,
    PendingUpload,
    Proposal,
    ScanBacklog,
)
from openparticipant.stores import (
    attachments,
    audit,
    connections,
    contacts,
    file_configurations,
    items,
    listings,
    messages,
    purges,
    quotas,
    removals,
    scans,
    transcripts,
)
from openparticipant.stores.write import Database

_NEXT_DEADLINE = """
    SELECT min(due) FROM (
        SELECT min(due_at) AS due FROM attachments WHERE due_at IS NOT NULL
        UNION ALL
        SELECT min(ends_at) AS due FROM contacts WHERE ended_at IS NULL
        UNION ALL
        SELECT min(purge_at) AS due FROM contacts WHERE purge_at IS NOT NULL
        UNION ALL
        SELECT min(ended_at) + $1 AS due FROM contacts
        WHERE ended_at IS NOT NULL AND purge_at IS NULL
        UNION ALL
        SELECT min(approved_at) + $2 AS due FROM attachments
        WHERE approved_at IS NOT NULL AND removed_at IS NULL
    ) AS deadlines
"""


class SqlContactStore:
    """`ContactStore` on a `Database`; what each method guarantees stands there."""

    def __init__(self, database: Database, ids: IdSource) -> None:
        self._database = database
        self._new_id = ids.uuid

    async def start_contact(self, new: NewContact) -> tuple[str, str]:
        """See `ContactStore`."""
        return await self._database.write(lambda: contacts.start(new))

    async def create_participant(self, new: NewParticipant, *, now: int) -> str:
        """See `ContactStore`."""
        return await self._database.write(lambda: contacts.create_participant(new, now))

    async def stop_contact(
        self, contact_id: str, instance_id: str, reason: str, item_id: str, *, now: int
    ) -> TranscriptItem:
        """See `ContactStore`."""
        return await self._database.write(
            lambda: contacts.stop(contact_id, instance_id, reason, item_id, now)
        )

    async def contact(self, contact_id: str, instance_id: str) -> Contact | None:
        """See `ContactStore`."""
        rows = await self._database.read(contacts.SELECT, contact_id, instance_id)
        return contacts.contact(rows[0]) if rows else None

    async def find_contact(self, contact_id: str) -> ListedContact | None:
        """See `ContactStore`."""
        return await listings.find(self._database, contact_id)

    async def list_contacts(
        self, wanted: ContactFilter, *, before: ContactPlace, limit: int
    ) -> list[ListedContact]:
        """See `ContactStore`."""
        return await listings.page(self._database, wanted, before=before, limit=limit)

    async def holder(self, participant_token: bytes, *, now: int) -> Caller | None:
        """See `ContactStore`."""
        rows = await self._database.read(connections.HOLDER, participant_token)
        return connections.caller(rows[0], now) if rows else None

    async def connect(self, holder: Caller, new: NewConnection, *, now: int) -> None:
        """See `ContactStore`."""
        await self._database.write(lambda: connections.connect(holder, new, now))

    async def was_connected(self, holder: Caller) -> bool:
        """See `ContactStore`."""
        return bool(await self._database.read(connections.WAS_CONNECTED, holder.seq))

    async def caller(self, connection_token: bytes, *, now: int) -> Caller | None:
        """See `ContactStore`."""
        rows = await self._database.read(connections.CALLER, connection_token)
        return connections.caller(rows[0], now) if rows else None

    async def listener(self, websocket_token: bytes, *, now: int) -> Caller | None:
        """See `ContactStore`."""
        rows = await self._database.read(connections.LISTENER, websocket_token)
        return connections.caller(rows[0], now) if rows else None

    async def join(self, caller: Caller, item_id: str, *, now: int) -> TranscriptItem | None:
        """See `ContactStore`."""
        return await self._database.write(lambda: connections.join(caller, item_id, now))

    async def disconnect(self, caller: Caller, item_id: str, *, now: int) -> list[TranscriptItem]:
        """See `ContactStore`."""
        return await self._database.write(
            lambda: connections.disconnect(caller, item_id, now, self._new_id)
        )

    async def send(self, caller: Caller, new: NewMessage, *, now: int) -> TranscriptItem:
        """See `ContactStore`."""
        return await self._database.write(lambda: messages.send(caller, new, now))

    async def acknowledge(self, caller: Caller, new: NewReceipt, *, now: int) -> Receipt | None:
        """See `ContactStore`."""
        return await self._database.write(lambda: messages.acknowledge(caller, new, now))

    async def propose(self, caller: Caller, new: Proposal, *, quota: Quota, now: int) -> Attachment:
        """See `ContactStore`."""
        by = request_context.current.get()
        return await self._database.write(lambda: attachments.propose(caller, new, quota, now, by))

    async def attachment(self, caller: Caller, attachment_id: str) -> Attachment | None:
        """See `ContactStore`."""
        rows = await self._database.read(attachments.SELECT, caller.contact_seq, attachment_id)
        return attachments.attachment(rows[0]) if rows else None

    async def offered(self, caller: Caller, attachment_id: str, *, now: int) -> None:
        """See `ContactStore`."""
        by = request_context.current.get()
        await self._database.write(lambda: attachments.offered(caller, attachment_id, now, by))

    async def audit(self, wanted: AuditFilter, *, after: int, limit: int) -> AuditPage:
        """See `ContactStore`."""
        return await audit.page(self._database, wanted, after=after, limit=limit)

    async def staged(self, contact_id: str, attachment_id: str) -> Attachment | None:
        """See `ContactStore`."""
        rows = await self._database.read(attachments.SELECT_STAGED, contact_id, attachment_id)
        return attachments.attachment(rows[0]) if rows else None

    async def pending_uploads(
        self, *, after: tuple[int, int, str], limit: int
    ) -> list[PendingUpload]:
        """See `ContactStore`."""
        rows = await self._database.read(attachments.SELECT_PENDING, *after, limit)
        return [attachments.pending(row) for row in rows]

    async def find_attachment(self, contact_id: str, attachment_id: str) -> Attachment | None:
        """See `ContactStore`."""
        rows = await self._database.read(attachments.SELECT_ANY, contact_id, attachment_id)
        return attachments.attachment(rows[0]) if rows else None

    async def kept(self, contact_id: str, attachment_id: str) -> Attachment | None:
        """See `ContactStore`."""
        rows = await self._database.read(attachments.SELECT_KEPT, contact_id, attachment_id)
        return attachments.attachment(rows[0]) if rows else None

    async def claim(self, caller: Caller, claim: Claim, *, quota: Quota, now: int) -> Claimed:
        """See `ContactStore`."""
        return await self._database.write(lambda: attachments.claim(caller, claim, quota, now))

    async def approve(
        self, caller: Caller, claim: Claim, item_id: str, *, now: int
    ) -> TranscriptItem | None:
        """See `ContactStore`."""
        by = request_context.current.get()
        return await self._database.write(
            lambda: attachments.approve(caller, claim, item_id, now, by)
        )

    async def hand_over(self, caller: Caller, claim: Claim, *, now: int) -> bool:
        """See `ContactStore`."""
        by = request_context.current.get()
        return await self._database.write(lambda: scans.hand_over(caller, claim, now, by))

    async def release(self, contact_id: str, claim: Claim) -> bool:
        """See `ContactStore`."""
        return await self._database.write(lambda: attachments.release(contact_id, claim))

    async def items(self, contact_id: str, *, after: int, limit: int) -> list[TranscriptItem]:
        """See `ContactStore`."""
        rows = await self._database.read(items.SELECT_AFTER, contact_id, after, limit)
        return [items.item(row) for row in rows]

    async def place(self, contact_seq: int, start: PageStart, *, viewer: int | None) -> int | None:
        """See `ContactStore`."""
        return await transcripts.place(self._database, contact_seq, start, viewer)

    async def page(
        self, contact_seq: int, *, viewer: int | None, begin: int, forward: bool, limit: int
    ) -> list[TranscriptItem]:
        """See `ContactStore`."""
        return await transcripts.page(
            self._database,
            contact_seq,
            viewer=viewer,
            begin=begin,
            forward=forward,
            limit=limit,
        )

    async def heads(self, contact_seqs: Iterable[int]) -> dict[int, int]:
        """See `ContactStore`."""
        return await transcripts.heads(self._database, contact_seqs)

    async def due_attachments(self, *, now: int, lease: int, limit: int) -> list[DueAttachment]:
        """See `ContactStore`."""
        return await self._database.write(lambda: attachments.take_due(now, lease, limit))

    async def settle(self, due: DueAttachment, *, now: int) -> bool:
        """See `ContactStore`."""
        return await self._database.write(lambda: attachments.settle(due, now))

    async def expire_leases(self, *, now: int) -> None:
        """See `ContactStore`."""
        await self._database.write(lambda: attachments.expire_leases(now))
        await self._database.write(lambda: scans.expire_leases(now))

    async def scan_backlog(self) -> ScanBacklog:
        """See `ContactStore`."""
        ((due_at, waiting),) = await self._database.read(scans.SELECT_BACKLOG)
        return ScanBacklog(due_at, waiting)

    async def due_scans(
        self, *, now: int, lease: int, limit: int, handed_over_by: int
    ) -> list[DueScan]:
        """See `ContactStore`."""
        return await self._database.write(lambda: scans.take_due(now, lease, limit, handed_over_by))

    async def postpone(self, due: DueScan, *, until: int, tries: int) -> bool:
        """See `ContactStore`."""
        return await self._database.write(lambda: scans.postpone(due, until, tries))

    async def conclude(
        self, due: DueScan, item_id: str, *, is_approved: bool, finding: str | None, now: int
    ) -> TranscriptItem | None:
        """See `ContactStore`."""
        return await self._database.write(
            lambda: scans.conclude(due, item_id, now, is_approved=is_approved, finding=finding)
        )

    async def clear(self, due: DueScan, *, now: int) -> None:
        """See `ContactStore`."""
        await self._database.write(lambda: scans.clear(due, now))

    async def end_expired_contacts(self, *, now: int, limit: int) -> list[TranscriptItem]:
        """See `ContactStore`."""
        return await self._database.write(lambda: contacts.end_expired(now, limit, self._new_id))

    async def file_configurations(self) -> list[FileConfiguration]:
        """See `ContactStore`."""
        rows = await self._database.read(file_configurations.SELECT)
        return [file_configurations.configuration(row) for row in rows]

    async def configure_files(self, change: FileConfiguration) -> FileConfiguration:
        """See `ContactStore`."""
        by = request_context.current.get()
        return await self._database.write(lambda: file_configurations.change(change, by))

    async def count_instances(self, *, now: int) -> None:
        """See `ContactStore`."""
        await self._database.write(lambda: quotas.count_instances(now))

    async def mark_for_purge(self, contact_id: str, item_id: str, *, end: bool, now: int) -> Marked:
        """See `ContactStore`."""
        by = request_context.current.get()
        return await self._database.write(
            lambda: purges.mark(contact_id, item_id, now, by, end=end)
        )

    async def is_marked_for_purge(self, contact_id: str) -> bool:
        """See `ContactStore`."""
        return bool(await self._database.read(purges.SELECT_MARKED, contact_id))

    async def mark_old_for_purge(self, *, ended_by: int, now: int, limit: int) -> int:
        """See `ContactStore`."""
        return await self._database.write(lambda: purges.mark_old(ended_by, now, limit))

    async def remove_old_attachments(self, *, approved_by: int, now: int, limit: int) -> int:
        """See `ContactStore`."""
        return await self._database.write(lambda: removals.remove_old(approved_by, now, limit))

    async def due_purges(self, *, now: int, lease: int, limit: int) -> list[DuePurge]:
        """See `ContactStore`."""
        return await self._database.write(lambda: purges.take_due(now, lease, limit))

    async def purge(self, due: DuePurge, *, now: int) -> None:
        """See `ContactStore`."""
        await self._database.write(lambda: purges.purge(due, now))

    async def next_deadline(
        self, *, retention: int | None = None, attachment_retention: int | None = None
    ) -> int | None:
        """See `ContactStore`."""
        ((due,),) = await self._database.read(_NEXT_DEADLINE, retention, attachment_retention)
        return int(due) if due is not None else None
