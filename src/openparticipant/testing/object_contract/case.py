from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from openparticipant.domain.attachment import Attachment
from openparticipant.ports import Invitation, ObjectStore, StoredObject
from openparticipant.system import RandomIds
from openparticipant.testing.object_habits import Habits
from openparticipant.testing.object_plane import ACCOUNT, INSTANCE, LASTING, propose
from openparticipant.testing.raw_http import Answer, fetch

BODY = b"The quick brown fox jumps over the lazy dog.\n" * 40
OTHER = BODY[::-1]


class Subject(Protocol):
    """A store under test, reachable over HTTP."""

    @property
    def objects(self) -> ObjectStore:
        """The store."""
        ...

    @property
    def habits(self) -> Habits:
        """How it differs from others."""
        ...

    def now(self) -> int:
        """Return the time by which the store judges URLs, in epoch milliseconds."""
        ...

    def expect(self, attachment: Attachment) -> None:
        """Learn that an attachment has been proposed, before its bytes come."""
        ...

    def complete(self, attachment: Attachment, final_key: str) -> None:
        """Learn that an attachment has been approved, before its bytes are asked for."""
        ...


class Case:
    """One attachment of `BODY`'s size on its way into a subject, step by step."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.objects = subject.objects
        self.ids = RandomIds()
        self.attachment = propose(self.ids, subject.now(), len(BODY))
        subject.expect(self.attachment)
        self.key = self.attachment.staging_key

    async def invite(self, *, earlier: int = 0) -> Invitation:
        """Sign the PUT, `earlier` milliseconds ago."""
        headers = self.attachment.headers(account=ACCOUNT, instance_id=INSTANCE)
        at = self.subject.now() - earlier
        return await self.objects.invite(self.key, headers, at=at, lasting=LASTING)

    async def put(self, body: bytes = BODY) -> Answer:
        """Upload as invited."""
        invitation = await self.invite()
        return await fetch("PUT", invitation.url, invitation.headers, body)

    async def seen(self) -> StoredObject:
        """Look at what was staged; it must be there."""
        seen = await self.objects.look(self.key)
        assert seen is not None
        return seen

    async def kept(self, body: bytes = BODY) -> str:
        """Upload and keep, and return the final key."""
        assert (await self.put(body)).status == 200
        final = self.final_key()
        assert await self.objects.keep(await self.seen(), final)
        return final

    def final_key(self) -> str:
        """Return the key of one attempt to complete."""
        return self.attachment.final_key_of(self.ids.uuid())

    async def get(self, key: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Download what was approved with this key, with a URL made for it."""
        self.subject.complete(self.attachment, key)
        offer = await self.objects.offer(key, at=self.subject.now(), lasting=300)
        return await fetch("GET", offer.url, headers or {})
