"""One node's stores on disk, and all that can happen to attachments in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from openparticipant.bootstrap.recovery import recover
from openparticipant.bus.local import LocalBus
from openparticipant.contents.inspector import StoredContents
from openparticipant.domain.attachment import Attachment, FileRules
from openparticipant.domain.connection import Caller
from openparticipant.domain.contents import CheckMode, ContentChecks
from openparticipant.domain.quota import Quota
from openparticipant.domain.review import Hold, Verdict
from openparticipant.errors import NoVerdict
from openparticipant.limits import SCAN_HOLD
from openparticipant.objects.disk import PREFIX, DiskObjects
from openparticipant.operations import completion, deadlines, review
from openparticipant.operations.rule_book import RuleBook
from openparticipant.ports import (
    CompletedFile,
    ContactStore,
    Policy,
    Ports,
    Scanning,
    StoredObject,
)
from openparticipant.sigv4 import Credentials
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.system import RandomIds
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.store_contract.scene import Scene
from openparticipant.transport.object_request import ObjectExchange, ObjectRequest
from openparticipant.transport.object_uploads import Uploads
from tests.stores.stepping import Gate, Stepped, SteppedClock

LIMIT = 3
HOLD = Hold(SCAN_HOLD)
POLICY = Policy(
    account="000000000000",
    region="us-east-1",
    public_url="http://127.0.0.1",
    instances=frozenset(),
    instances_without_attachments=frozenset(),
    file_rules=FileRules(frozenset({"txt"}), 5),
    largest_file=5,
    content_checks=ContentChecks(CheckMode.ENFORCE, {}),
    quota=Quota(LIMIT),
    retention=None,
    attachment_retention=None,
    upload_url_lifetime=900_000,
    abandoned_after=86_400_000,
    views={},
)
_ROWS = """
    SELECT a.id, CASE WHEN a.removed_at IS NULL THEN coalesce(a.review, a.status) ELSE 'removed' END,
           a.staging_key, a.final_key, c.id
    FROM attachments a JOIN contacts c ON c.seq = a.contact_seq
"""
_QUOTA = """
    SELECT c.attachments_held, (
        SELECT coalesce(sum(a.held), 0) FROM attachments a WHERE a.contact_seq = c.seq)
    FROM contacts c
"""
_USAGE = """
    SELECT u.files, u.bytes,
           (SELECT coalesce(sum(a.held), 0) FROM attachments a),
           (SELECT coalesce(sum(a.held * a.size), 0) FROM attachments a
            WHERE a.review IS NOT 'rejected')
    FROM instance_usage u
"""


@dataclass(frozen=True)
class Row:
    """An attachment as the database has it."""

    id: str
    status: str
    staging_key: str
    final_key: str | None
    contact_id: str


class Witness:
    """An object store that remembers what was looked at, and what became of it."""

    def __init__(self, world: AttachmentWorld) -> None:
        self._world = world
        self._seen: dict[str, bytes] = {}
        self.late: set[str] = set()

    async def look(self, key: str) -> StoredObject | None:
        """Look, and read what is there."""
        seen = await self._world.objects.look(key)
        if seen is not None:
            self._seen[seen.version] = await self._world.content(key)
        return seen

    async def keep(self, seen: StoredObject, target: str) -> bool:
        """Keep, and note what must lie at the target from now on."""
        kept = await self._world.objects.keep(seen, target)
        if kept:
            self._world.checked[target] = self._seen[seen.version]
            if target not in {row.final_key for row in await self._world.rows()}:
                self.late.add(target)
        return kept

    async def discard(self, key: str) -> None:
        """Discard."""
        await self._world.objects.discard(key)


class Whim:
    """A scanner that says what it is told to, once the gate lets it; `approved` are its keys."""

    name, largest, within, trouble, is_away = "whim", None, 60.0, None, False

    def __init__(self, world: AttachmentWorld, gate: Gate, mood: str) -> None:
        self._world = world
        self._gate = gate
        self._mood = mood

    async def scan(self, file: CompletedFile) -> Verdict:
        """Look at what is there, and judge."""
        assert await self._world.content(file.key) == self._world.checked[file.key]
        await self._gate.wait("in scan")
        if self._mood == "fail":
            raise NoVerdict("in no mood")
        if self._mood == "approve":
            self._world.approved.add(file.key)
        return Verdict(is_approved=self._mood == "approve")


class AttachmentWorld:
    """A node on a data directory, which may die and come back.

    `checked` is by final key. Where it `is_scanning`, `approved` has the keys that a scanner approved.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self.is_scanning = False
        self.approved: set[str] = set()
        self._ids = RandomIds()
        self.clock = SettableClock()
        self.scene = Scene(self._opened)
        self.checked: dict[str, bytes] = {}

    async def start(self) -> None:
        """Begin to work on what the directory holds."""
        self._database = SqliteDatabase(self._place / "database")
        self.store = SqlContactStore(self._database, self._ids)
        self.objects = DiskObjects(
            self._place / "objects",
            base=POLICY.public_url,
            region=POLICY.region,
            credentials=lambda: Credentials("key", "secret"),
            ids=self._ids,
        )
        self.ports = Ports(
            self.clock,
            self._ids,
            self.store,
            self.objects,
            LocalBus(),
            POLICY,
            Scanning((), HOLD),
            StoredContents(self.objects),
            RuleBook(self.store, POLICY, self.clock),
        )
        await self.scene.reopen()
        await recover(self.ports, self.objects, alone=True)

    def end(self) -> None:
        """Stop working; what was acknowledged stays."""
        self._database.close()
        self.objects.close()

    async def people(self) -> list[Caller]:
        """Start a contact and return its customer and an agent."""
        self.scene.now = self.clock.now()
        customer = await self.scene.customer()
        return [customer, await self.scene.join(customer.contact_id)]

    async def propose(self, caller: Caller, client_token: str | None) -> Attachment:
        """Reserve an attachment of five bytes."""
        self.scene.now = self.clock.now()
        return await self.scene.propose(caller, client_token=client_token, limit=LIMIT)

    async def complete(
        self, gate: Gate, witness: Witness, caller: Caller, attachment_id: str, token: str | None
    ) -> None:
        """Complete an attachment, step by step."""
        await completion.complete(self._stepped(gate, witness), caller, attachment_id, token)

    async def scan(self, gate: Gate, mood: str) -> None:
        """Review what is due, step by step, with a scanner in that mood."""
        ports = self._stepped(gate, self.objects, mood)
        for due in await review.take(ports, 9):
            await review.review(ports, due)

    async def work_off(self, gate: Gate) -> None:
        """Work the deadlines off, step by step."""
        await deadlines.work_off(self._stepped(gate, self.objects))

    async def put(self, gate: Gate, attachment: Attachment, body: bytes) -> None:
        """Take the bytes of an attachment in as the upload route does, step by step."""
        pieces = [body[:2], body[2:]]

        async def receive() -> Any:
            await gate.wait("in receive")
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        store = Stepped(self.store, gate)
        uploads = Uploads(self.objects, cast("Any", store.staged), account=POLICY.account)
        headers = [
            (b"content-length", str(len(body)).encode()),
            (b"content-type", attachment.content_type.encode()),
        ]
        path = (PREFIX + attachment.staging_key).encode()
        request = ObjectRequest("PUT", path, b"", headers, self.clock.now())
        await uploads.take(request, receive, ObjectExchange("request", "PUT", None), None)

    async def content(self, key: str) -> bytes:
        """Return the bytes under a key."""
        opened = await self.objects.open(key)
        assert opened is not None, f"nothing lies at {key}"
        with opened:
            return bytes(await opened.read(0, opened.trailer.size))

    async def rows(self) -> list[Row]:
        """Return every attachment that the database speaks of."""
        return [Row(*row) for row in await self._database.read(_ROWS)]

    async def remove_old(self) -> int:
        """Let everything be old that was approved by now."""
        now = self.clock.now()
        return await self.store.remove_old_attachments(approved_by=now, now=now, limit=9)

    async def quota(self) -> list[tuple[int, int]]:
        """Return, for each contact, what its counter says and what its rows do."""
        return [(counter, held) for counter, held in await self._database.read(_QUOTA)]

    async def usage(self) -> list[tuple[int, ...]]:
        """Return files and bytes of the one instance, as they are counted and by the rows."""
        return [tuple(row) for row in await self._database.read(_USAGE)]

    def files(self) -> set[str]:
        """Return the keys of all objects on disk, half-written ones included."""
        root = self._place / "objects"
        return {str(file.relative_to(root)) for file in root.rglob("*") if file.is_file()}

    def _stepped(self, gate: Gate, objects: object, mood: str = "") -> Ports:
        scanners = [Whim(self, gate, mood)] if self.is_scanning else []
        return Ports(
            SteppedClock(self.clock, gate),
            self._ids,
            cast("Any", Stepped(self.store, gate)),
            cast("Any", Stepped(objects, gate)),
            LocalBus(),
            POLICY,
            Scanning(scanners, HOLD),
            cast("Any", Stepped(StoredContents(self.objects), gate)),
            RuleBook(self.store, POLICY, self.clock),
        )

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[ContactStore]:
        yield self.store
