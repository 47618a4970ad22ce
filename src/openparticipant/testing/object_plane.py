from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from openparticipant.domain.attachment import Attachment, Status, staging_key
from openparticipant.objects.disk import DiskObjects
from openparticipant.ports import Invitation
from openparticipant.sigv4 import Credentials
from openparticipant.system import RandomIds
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.object_habits import Habits
from openparticipant.transport.bounds import Bounds
from openparticipant.transport.listener import Listener
from openparticipant.transport.object_request import ObjectExchange
from openparticipant.transport.objects import ObjectsRoute
from openparticipant.transport.refusal import Guard
from openparticipant.transport.sockets import listen, origin

ACCOUNT = "000000000000"
REGION = "us-east-1"
INSTANCE = "9d1f0b52-aaaa-4bbb-8ccc-ddddeeeeffff"
NOON = 1_769_860_800_000  # 31 January 2026, 12:00 UTC
LASTING = 900


class ObjectPlane:
    """The built-in object store behind a real listener on 127.0.0.1, with a clock to set.

    Stands alone: its attachments are rows in a dictionary instead of a database. Use it as an
    `async with`.
    """

    habits = Habits()

    def __init__(
        self, root: Path, *, at: int = NOON, allowed_origins: Sequence[str] = ("*",)
    ) -> None:
        self.clock = SettableClock(at)
        self.rows: dict[tuple[str, str], Attachment] = {}
        self.exchanges: list[ObjectExchange] = []
        self._news = asyncio.Event()
        self.credentials = Credentials("AKIAOBJECTPLANE00000", "a-secret-for-tests-only")
        self.ids = RandomIds()
        listening = listen("127.0.0.1", 0)
        self.base = origin(listening, tls=False)
        self.objects = DiskObjects(
            root,
            base=self.base,
            region=REGION,
            credentials=lambda: self.credentials,
            ids=self.ids,
        )
        self.route = ObjectsRoute(
            self.objects,
            self._row,
            self._row,
            lookup={self.credentials.access_key_id: self.credentials}.get,
            base=self.base,
            region=REGION,
            account=ACCOUNT,
            clock=self.clock,
            ids=self.ids,
            observed=self._observed,
            allowed_origins=allowed_origins,
        )
        self.bounds = Bounds()
        guard = Guard(self.bounds, self.ids.uuid, lambda _: None)
        app: Any = self.route  # to the listener an application is one for sockets too
        self.listener = Listener(app, listening, guard)

    async def __aenter__(self) -> Self:
        await self.listener.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.listener.close(0)
        self.objects.close()

    def now(self) -> int:
        """Return the instant at which URLs are signed and checked."""
        return self.clock.now()

    def propose(
        self,
        size: int,
        *,
        name: str = "notes.txt",
        content_type: str = "text/plain",
    ) -> Attachment:
        """Return a pending attachment that the plane awaits from now on."""
        attachment = propose(self.ids, self.clock.now(), size, name=name, content_type=content_type)
        self.expect(attachment)
        return attachment

    def expect(self, attachment: Attachment) -> None:
        """Await the bytes of an attachment."""
        self.rows[attachment.contact_id, attachment.id] = attachment

    def complete(self, attachment: Attachment, final_key: str) -> None:
        """Let an attachment be approved, with its bytes at this key."""
        row = dataclasses.replace(attachment, status=Status.APPROVED, final_key=final_key)
        self.rows[attachment.contact_id, attachment.id] = row

    def change(self, attachment: Attachment, status: Status) -> None:
        """Give an attachment another status."""
        row = dataclasses.replace(attachment, status=status)
        self.rows[attachment.contact_id, attachment.id] = row

    def forget(self, attachment: Attachment) -> None:
        """Drop an attachment, or end its contact: for its URLs both are the same."""
        del self.rows[attachment.contact_id, attachment.id]

    async def ended(self, count: int) -> ObjectExchange:
        """Return the exchange that is the `count`th to end, once it has."""
        while len(self.exchanges) < count:
            self._news.clear()
            await self._news.wait()
        return self.exchanges[count - 1]

    async def invite(self, attachment: Attachment) -> Invitation:
        """Sign the PUT of an attachment as StartAttachmentUpload does."""
        headers = attachment.headers(account=ACCOUNT, instance_id=INSTANCE)
        return await self.objects.invite(
            attachment.staging_key, headers, at=self.clock.now(), lasting=LASTING
        )

    def _observed(self, exchange: ObjectExchange) -> None:
        self.exchanges.append(exchange)
        self._news.set()

    async def _row(self, contact_id: str, attachment_id: str) -> Attachment | None:
        return self.rows.get((contact_id, attachment_id))


def propose(
    ids: RandomIds,
    at: int,
    size: int,
    *,
    name: str = "notes.txt",
    content_type: str = "text/plain",
) -> Attachment:
    """Return a pending attachment of a contact of its own, as StartAttachmentUpload records it."""
    contact_id, attachment_id = ids.uuid(), ids.uuid()
    return Attachment(
        id=attachment_id,
        contact_id=contact_id,
        participant_id=ids.uuid(),
        name=name,
        content_type=content_type,
        size=size,
        status=Status.PENDING,
        staging_key=staging_key(
            instance_id=INSTANCE,
            contact_id=contact_id,
            attachment_id=attachment_id,
            name=name,
            proposed_at=at,
        ),
        final_key=None,
        url_expires_at=at + LASTING * 1000,
    )
