"""The outside world, as operations see it, with the guarantees that every backend gives.

The contract suites in `openparticipant.testing` hold backends to what is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from openparticipant.domain.attachment import Attachment, FileRules
from openparticipant.domain.connection import Caller, IssuedToken
from openparticipant.domain.contact import Contact, Participant, Role
from openparticipant.domain.transcript import Notice, Receipt, TranscriptItem
from openparticipant.domain.view import View


class Clock(Protocol):
    """Time in epoch milliseconds, UTC."""

    def now(self) -> int:
        """Return the present instant."""
        ...

    async def sleep(self, millis: int) -> None:
        """Return once `millis` have passed on this clock."""
        ...


class IdSource(Protocol):
    """Names nobody can guess."""

    def uuid(self) -> str:
        """Return a random version 4 UUID in lower case."""
        ...

    def token(self) -> str:
        """Return a bearer secret: at least 256 random bits in letters and digits."""
        ...


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to start, with its customer.

    It ends at `connect_by` unless its customer connects before. `request_digest` tells a repeat of
    the same request from another one under the same token.
    """

    id: str
    instance_id: str
    flow_id: str
    attributes: Mapping[str, str]
    content_types: Sequence[str]
    disconnect_on_exit: Sequence[Role]
    started_at: int
    connect_by: int
    ends_at: int
    customer: Participant
    token: IssuedToken
    initial_message: InitialMessage | None
    client_token: str | None
    request_digest: bytes


@dataclass(frozen=True, slots=True)
class InitialMessage:
    """What the customer says first."""

    item_id: str
    content_type: str
    content: str


@dataclass(frozen=True, slots=True)
class NewParticipant:
    """A participant to add to a contact that is already there."""

    contact_id: str
    instance_id: str
    participant: Participant
    token: IssuedToken
    client_token: str | None
    request_digest: bytes


@dataclass(frozen=True, slots=True)
class NewConnection:
    """What one CreateParticipantConnection leaves behind; each part only if it was asked for."""

    connection: IssuedToken | None
    websocket: IssuedToken | None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to append; `item_id` is its own unless it repeats an earlier one."""

    item_id: str
    content_type: str
    content: str
    client_token: str | None


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """What the caller tells of somebody else's item: that it was delivered, or even read."""

    message_id: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where a transcript is to be read from, which includes the item there.

    At most one of `id`, `at` (an instant) and `most_recent` (1 is the newest item) is given; with
    none it is the newest. `forward` decides between the item at or after an instant and the one
    at or before it.
    """

    forward: bool
    id: str | None = None
    at: int | None = None
    most_recent: int | None = None


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
class DueAttachment:
    """An attachment whose deadline has passed, leased to whoever was told."""

    contact_seq: int
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """Which contacts are wanted; None takes any. `since` is the earliest start."""

    instance_id: str | None = None
    is_open: bool | None = None
    since: int = 0


@dataclass(frozen=True, slots=True)
class ContactPlace:
    """A place in the order of starts. With `seq` 0 it lies before all that started then."""

    started_at: int
    seq: int = 0


@dataclass(frozen=True, slots=True)
class ListedContact:
    """A contact as the operator finds it, with how many take part and how many items it has."""

    seq: int
    contact: Contact
    participants: int
    items: int

    @property
    def place(self) -> ContactPlace:
        """Where it stands in the order of starts."""
        return ContactPlace(self.contact.started_at, self.seq)


class ContactStore(Protocol):
    """The truth about contacts, tokens, attachments and transcripts.

    Each method is one transaction and durable when it returns. Whether the contact is open, the
    participant present and the quota free is decided inside it. A method that cannot reach the
    database raises `Unavailable` and has changed nothing that it acknowledged.
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
        self, contact_id: str, instance_id: str, reason: str, *, now: int
    ) -> list[TranscriptItem]:
        """End a contact and with it every token; return the items that tell so.

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

    async def caller(self, connection_token: bytes, *, now: int) -> Caller | None:
        """Return who stands behind a digest of a connection token, or None if nobody ever did."""
        ...

    async def disconnect(self, caller: Caller, *, now: int) -> list[TranscriptItem]:
        """End a participation and void its tokens; a customer's also ends the contact.

        Returns the items that tell so; raises AccessDeniedException if it has ended before.
        """
        ...

    async def send(self, caller: Caller, new: NewMessage, *, now: int) -> TranscriptItem:
        """Append a message, or return the one that this client token appended before.

        Raises ValidationException (the token named another message, or the contact does not take
        the content type) or AccessDeniedException.
        """
        ...

    async def acknowledge(self, caller: Caller, new: NewReceipt, *, now: int) -> Receipt | None:
        """Record a receipt; return what is known now, or None if it was known before.

        Raises ValidationException (no such message of somebody else's), ConflictException (more
        than two participants are active) or AccessDeniedException.
        """
        ...

    async def propose(self, caller: Caller, new: Proposal, *, limit: int, now: int) -> Attachment:
        """Reserve an attachment, or renew the one that this client token reserved before.

        Raises ValidationException if the token named another file, ServiceQuotaExceededException
        if `limit` attachments of the contact are complete or may still come.
        """
        ...

    async def attachment(self, caller: Caller, attachment_id: str) -> Attachment | None:
        """Return an attachment of the caller's contact."""
        ...

    async def staged(self, contact_id: str, attachment_id: str) -> Attachment | None:
        """Return the attachment that an upload URL names, while its uploader is in an open contact."""
        ...

    async def claim(self, caller: Caller, claim: Claim, *, limit: int, now: int) -> Claimed:
        """Move a pending attachment of the caller's to COMPLETING under this attempt.

        Raises ValidationException (no such attachment of this caller), ConflictException
        (completed before, under another token) or ServiceQuotaExceededException (its reservation
        has lapsed and the contact is full).
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

    async def release(self, contact_id: str, claim: Claim) -> bool:
        """Give up an attempt: the attachment is pending again. False if this claim had lost it."""
        ...

    async def items(self, contact_id: str, *, after: int, limit: int) -> list[TranscriptItem]:
        """Return items with ordinals above `after`, in order, without receipts."""
        ...

    async def place(self, contact_seq: int, start: PageStart) -> int | None:
        """Return the ordinal at which to begin reading, None where there is no such item."""
        ...

    async def page(
        self, contact_seq: int, *, begin: int, forward: bool, limit: int
    ) -> list[TranscriptItem]:
        """Return items with receipts, from ordinal `begin` on: upwards if `forward`, else down."""
        ...

    async def heads(self, contact_seqs: Iterable[int]) -> dict[int, int]:
        """Return the newest ordinal of each contact, 0 where nothing has been said."""
        ...

    async def due_attachments(self, *, now: int, lease: int, limit: int) -> list[DueAttachment]:
        """Take attachments whose deadline has passed, each for `lease` milliseconds."""
        ...

    async def settle(self, due: DueAttachment, *, now: int) -> bool:
        """Apply the deadline: free a lapsed reservation, undo a lapsed completion, or forget.

        True means forgotten: no row speaks of the attachment any more.
        """
        ...

    async def expire_leases(self, *, now: int) -> None:
        """Let every running completion lapse; for a node that knows it is the only one, at start."""
        ...

    async def end_expired_contacts(self, *, now: int, limit: int) -> list[TranscriptItem]:
        """End contacts whose time is over; return the items that tell so, one each."""
        ...

    async def next_deadline(self) -> int | None:
        """Return the earliest instant at which something falls due."""
        ...


class Bus(Protocol):
    """How the listeners of a contact, on any node, are told of something at once.

    It is a hint: what it carries may be lost, doubled or out of order. The truth about items is in
    the store.
    """

    def publish(self, notice: Notice) -> None:
        """Pass a notice on to whoever listens to its contact; never waits, never raises."""
        ...

    def listen(self, contact_id: str, hear: Callable[[Notice], None]) -> Callable[[], None]:
        """Call `hear` for each notice of a contact, until the function returned is called."""
        ...


@dataclass(frozen=True, slots=True)
class Invitation:
    """Permission for one PUT: its URL, when that ends, and the headers it must carry."""

    url: str
    expires_at: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """Permission to fetch one object: its URL and when that ends."""

    url: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as seen at one moment; `version` tells it from a later one under the same key."""

    key: str
    size: int
    content_type: str
    version: str


class ObjectStore(Protocol):
    """Where attachment bytes rest. A half-written object is never seen by anyone.

    Keys are ours: relative, of printable ASCII, never escaping the store.
    """

    async def invite(
        self, key: str, headers: Mapping[str, str], *, at: int, lasting: int
    ) -> Invitation:
        """Sign one PUT to `key` that must carry `headers` exactly; `lasting` is whole seconds."""
        ...

    async def offer(self, key: str, *, at: int, lasting: int) -> Offer:
        """Sign a GET of `key` for `lasting` seconds."""
        ...

    async def look(self, key: str) -> StoredObject | None:
        """Return what lies under `key` now."""
        ...

    async def keep(self, seen: StoredObject, target: str) -> bool:
        """Copy exactly the object that was seen to `target`, durably.

        False means that it has been replaced or removed meanwhile; then nothing lies at `target`.
        """
        ...

    async def discard(self, key: str) -> None:
        """Forget an object; discarding what is not there is not an error."""
        ...


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator has decided and operations must know. Times are milliseconds."""

    account: str
    region: str
    public_url: str
    instances: frozenset[str]
    instances_without_attachments: frozenset[str]
    file_rules: FileRules
    attachments_per_contact: int
    upload_url_lifetime: int
    views: Mapping[str, View]


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything an operation may touch."""

    clock: Clock
    ids: IdSource
    store: ContactStore
    objects: ObjectStore
    bus: Bus
    policy: Policy
