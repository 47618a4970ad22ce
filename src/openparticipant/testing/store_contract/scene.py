"""What the rules play on: a store, an instant, and the few calls by which a rule gets to its subject."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

from openparticipant.domain.attachment import Attachment, Status, staging_key
from openparticipant.domain.connection import Caller, IssuedToken, digest
from openparticipant.domain.contact import Participant, Role
from openparticipant.domain.quota import Quota
from openparticipant.domain.transcript import ItemType, Receipt, TranscriptItem
from openparticipant.limits import CONNECT_WINDOW, DAY, HOUR, MINUTE, SECOND
from openparticipant.ports import (
    Claim,
    Claimed,
    ContactStore,
    DueScan,
    NewConnection,
    NewContact,
    NewMessage,
    NewParticipant,
    NewReceipt,
    PageStart,
    Proposal,
)
from openparticipant.testing.clock import START
from openparticipant.testing.ids import SerialIds

T = TypeVar("T")

OpenStore: TypeAlias = Callable[[], AbstractAsyncContextManager[ContactStore]]
"""Opens a store that is empty the first time; once closed, opened again with what it held."""

INSTANCE = "instance-1"
ONCE = "once"  # a client token
LEASE = 30 * SECOND
URL_LIFETIME = 15 * MINUTE
DURATION = 25 * HOUR
LIMIT = 35


class Scene:
    """One store at one instant, `now`, which the rule moves as it likes."""

    def __init__(self, open_store: OpenStore) -> None:
        self._open_store = open_store
        self._opened = AsyncExitStack()
        self.store: ContactStore
        self.now = START
        self.ids = SerialIds()

    @classmethod
    @asynccontextmanager
    async def on(cls, open_store: OpenStore) -> AsyncIterator[Scene]:
        """Open the store for one rule."""
        scene = cls(open_store)
        await scene.reopen()
        try:
            yield scene
        finally:
            await scene._opened.aclose()

    async def reopen(self) -> None:
        """Close the store, as at the end of a process, and open what it left behind."""
        await self._opened.aclose()
        self.store = await self._opened.enter_async_context(self._open_store())

    def new_contact(
        self,
        *,
        client_token: str | None = None,
        request_digest: bytes = b"request",
        instance_id: str = INSTANCE,
        duration: int = DURATION,
        **members: Any,
    ) -> NewContact:
        """Describe a contact, with ids and a token of its own."""
        new = NewContact(
            id=self.ids.uuid(),
            instance_id=instance_id,
            flow_id="flow",
            attributes={},
            content_types=["text/plain"],
            disconnect_on_exit=[],
            started_at=self.now,
            connect_by=self.now + CONNECT_WINDOW,
            ends_at=self.now + duration,
            customer=Participant(self.ids.uuid(), Role.CUSTOMER, "Customer"),
            token=self.token(),
            initial_message=None,
            client_token=client_token,
            request_digest=request_digest,
        )
        return replace(new, **members)

    def new_participant(
        self,
        contact_id: str,
        role: Role = Role.AGENT,
        *,
        client_token: str | None = None,
        request_digest: bytes = b"request",
        instance_id: str = INSTANCE,
    ) -> NewParticipant:
        """Describe a participant, with an id and a token of its own."""
        return NewParticipant(
            contact_id=contact_id,
            instance_id=instance_id,
            participant=Participant(self.ids.uuid(), role, role.value.title()),
            token=self.token(),
            client_token=client_token,
            request_digest=request_digest,
        )

    def token(self, lasting: int = DAY) -> IssuedToken:
        """Issue a token that nobody has seen yet."""
        return IssuedToken(digest(self.ids.token()), self.now + lasting)

    async def customer(self, **members: Any) -> Caller:
        """Start a contact and connect its customer."""
        new = self.new_contact(**members)
        await self.store.start_contact(new)
        return await self.connected(new.token)

    async def join(
        self, contact_id: str, role: Role = Role.AGENT, *, instance_id: str = INSTANCE
    ) -> Caller:
        """Add a participant to a contact and connect it."""
        new = self.new_participant(contact_id, role, instance_id=instance_id)
        await self.store.create_participant(new, now=self.now)
        return await self.connected(new.token)

    async def connected(self, participant_token: IssuedToken, lasting: int = DAY) -> Caller:
        """Buy a connection with a participant token and return who it speaks for."""
        connection = await self.connection(participant_token, lasting)
        caller = await self.store.caller(connection.digest, now=self.now)
        assert caller is not None
        return caller

    async def connection(self, participant_token: IssuedToken, lasting: int = DAY) -> IssuedToken:
        """Buy a connection with a participant token and return the connection token."""
        holder = await self.store.holder(participant_token.digest, now=self.now)
        assert holder is not None
        connection = self.token(lasting)
        await self.store.connect(holder, NewConnection(connection, None), now=self.now)
        return connection

    def proposal(
        self,
        caller: Caller,
        *,
        client_token: str | None = None,
        name: str = "a.txt",
        content_type: str = "text/plain",
        size: int = 5,
    ) -> Proposal:
        """Describe an attachment of the caller's, with an id of its own."""
        attachment_id = self.ids.uuid()
        return Proposal(
            attachment=Attachment(
                id=attachment_id,
                contact_id=caller.contact_id,
                participant_id=caller.participant_id,
                name=name,
                content_type=content_type,
                size=size,
                status=Status.PENDING,
                staging_key=staging_key(
                    instance_id=caller.instance_id,
                    contact_id=caller.contact_id,
                    attachment_id=attachment_id,
                    name=name,
                    proposed_at=self.now,
                ),
                final_key=None,
                url_expires_at=self.now + URL_LIFETIME,
            ),
            client_token=client_token,
            abandoned_at=self.now + DAY,
        )

    async def propose(
        self, caller: Caller, *, limit: int = LIMIT, quota: Quota | None = None, **members: Any
    ) -> Attachment:
        """Reserve an attachment; without a `quota`, `limit` files are all that counts."""
        proposal = self.proposal(caller, **members)
        quota = quota or Quota(limit)
        return await self.store.propose(caller, proposal, quota=quota, now=self.now)

    def attempt(self, attachment: Attachment, client_token: str | None = None) -> Claim:
        """Describe one attempt to complete an attachment."""
        attempt = self.ids.uuid()
        return Claim(
            attachment_id=attachment.id,
            attempt=attempt,
            final_key=attachment.final_key_of(attempt),
            client_token=client_token,
            lease_until=self.now + LEASE,
        )

    async def claim(
        self, caller: Caller, claim: Claim, *, limit: int = LIMIT, quota: Quota | None = None
    ) -> Claimed:
        """Try to get an attachment for an attempt."""
        return await self.store.claim(caller, claim, quota=quota or Quota(limit), now=self.now)

    async def claimed(self, caller: Caller, client_token: str | None = None) -> Claim:
        """Reserve an attachment and get it for an attempt."""
        claim = self.attempt(await self.propose(caller), client_token)
        assert (await self.claim(caller, claim)).granted
        return claim

    async def approve(self, caller: Caller, claim: Claim) -> TranscriptItem | None:
        """Record an attempt as done."""
        return await self.store.approve(caller, claim, self.ids.uuid(), now=self.now)

    async def handed_over(self, caller: Caller, client_token: str | None = None) -> Claim:
        """Reserve an attachment, get it for an attempt and leave it to the scanners."""
        claim = await self.claimed(caller, client_token)
        assert await self.store.hand_over(caller, claim, now=self.now)
        return claim

    async def scans(self, limit: int = 1000, *, handed_over_by: int | None = None) -> list[DueScan]:
        """Take scans that are due."""
        by = self.now if handed_over_by is None else handed_over_by
        return await self.store.due_scans(now=self.now, lease=LEASE, limit=limit, handed_over_by=by)

    async def scanned(self, caller: Caller) -> DueScan:
        """Leave an attachment to the scanners and take its scan."""
        claim = await self.handed_over(caller)
        (due,) = [each for each in await self.scans() if each.attachment.id == claim.attachment_id]
        return due

    async def conclude(self, due: DueScan, *, is_approved: bool) -> TranscriptItem | None:
        """Record a verdict."""
        return await self.store.conclude(
            due, self.ids.uuid(), is_approved=is_approved, finding="finding", now=self.now
        )

    async def approved(self, caller: Caller, client_token: str | None = None) -> Claim:
        """Reserve an attachment, get it for an attempt and record that as done."""
        claim = await self.claimed(caller, client_token)
        assert await self.approve(caller, claim) is not None
        return claim

    async def status(self, caller: Caller, attachment_id: str) -> Status | None:
        """Return the state of an attachment, or None if there is no row of it."""
        attachment = await self.store.attachment(caller, attachment_id)
        return attachment.status if attachment else None

    async def items(self, contact_id: str) -> list[TranscriptItem]:
        """Return a contact's whole transcript."""
        return await self.store.items(contact_id, after=0, limit=1000)

    async def attached(self, contact_id: str) -> list[TranscriptItem]:
        """Return the items that show files."""
        return [item for item in await self.items(contact_id) if item.type is ItemType.ATTACHMENT]

    async def say(
        self, caller: Caller, content: str = "hello", *, client_token: str | None = None
    ) -> TranscriptItem:
        """Send a plain message."""
        message = NewMessage(self.ids.uuid(), "text/plain", content, client_token)
        return await self.store.send(caller, message, now=self.now)

    async def arrive(self, caller: Caller) -> TranscriptItem | None:
        """Let a participant come."""
        return await self.store.join(caller, self.ids.uuid(), now=self.now)

    async def acknowledge(
        self, caller: Caller, message_id: str, *, is_read: bool = False
    ) -> Receipt | None:
        """Tell that a message has come, or was read."""
        receipt = NewReceipt(message_id, is_read)
        return await self.store.acknowledge(caller, receipt, now=self.now)

    async def pages(
        self, caller: Caller, start: PageStart, limit: int
    ) -> list[list[TranscriptItem]]:
        """Read all pages from a place on, each no longer than `limit`."""
        found: list[list[TranscriptItem]] = []
        seq, viewer = caller.contact_seq, caller.seq
        begin = await self.store.place(seq, start, viewer=viewer)
        while begin is not None:
            page = await self.store.page(
                seq, viewer=viewer, begin=begin, forward=start.forward, limit=limit + 1
            )
            found.append(page[:limit])
            begin = page[limit].ordinal if len(page) > limit else None
        return found

    async def stop(self, caller: Caller) -> None:
        """End the caller's contact."""
        await self.store.stop_contact(
            caller.contact_id, caller.instance_id, "API", self.ids.uuid(), now=self.now
        )

    async def settle_all(self) -> list[bool]:
        """Take all that is due and apply it; return what each `settle` said."""
        due = await self.store.due_attachments(now=self.now, lease=LEASE, limit=1000)
        return [await self.store.settle(each, now=self.now) for each in due]


async def at_once(tries: Iterable[Awaitable[T]]) -> list[T | BaseException]:
    """Run all at the same time; return results and exceptions in order."""
    return await asyncio.gather(*tries, return_exceptions=True)


def results(outcomes: Iterable[T | BaseException], *expected: type[Exception]) -> list[T]:
    """Return what succeeded; whatever failed must have failed in an expected way."""
    succeeded = []
    for outcome in outcomes:
        if not isinstance(outcome, BaseException):
            succeeded.append(outcome)
        elif not isinstance(outcome, expected):
            raise outcome
    return succeeded


async def refused(call: Awaitable[object], expected: type[Exception]) -> Exception:
    """Return the refusal that a call must meet."""
    try:
        result = await call
    except expected as refusal:
        return refusal
    raise AssertionError(f"expected {expected.__name__}, got {result!r}")
