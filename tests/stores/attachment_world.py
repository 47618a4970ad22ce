"""A store and an object store on disk, and all that can happen to attachments between them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from openparticipant import bootstrap
from openparticipant.domain.attachment import Attachment, FileRules
from openparticipant.domain.connection import Caller
from openparticipant.objects.disk import PREFIX, DiskObjects
from openparticipant.operations import completion, deadlines
from openparticipant.ports import Policy, Ports, StoredObject
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
POLICY = Policy(
    account="000000000000",
    region="us-east-1",
    public_url="http://127.0.0.1",
    instances=frozenset(),
    instances_without_attachments=frozenset(),
    file_rules=FileRules(frozenset({"txt"}), 5),
    attachments_per_contact=LIMIT,
    upload_url_lifetime=900_000,
)
ROWS = """
    SELECT a.id, a.status, a.staging_key, a.final_key, c.id
    FROM attachments a JOIN contacts c ON c.seq = a.contact_seq
"""
QUOTA = """
    SELECT c.attachments_held, (
        SELECT coalesce(sum(a.held), 0) FROM attachments a WHERE a.contact_seq = c.seq)
    FROM contacts c
"""


class AttachmentWorld:
    """One node on one data directory, which may die and come back."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.clock = SettableClock()
        self._ids = RandomIds()
        self.seen: dict[str, bytes] = {}
        self._start()

    def _start(self) -> None:
        self._database = SqliteDatabase(self._place / "database")
        self.store = SqlContactStore(self._database)
        self.objects = DiskObjects(
            self._place / "objects",
            base="http://127.0.0.1",
            region=POLICY.region,
            credentials=Credentials("key", "secret"),
            ids=self._ids,
        )
        self.ports = Ports(self.clock, self._ids, self.store, self.objects, POLICY)

    def end(self) -> None:
        """Stop the node; what it acknowledged stays."""
        self._database.close()
        self.objects.close()

    async def restart(self) -> None:
        """Come back after a crash, as `serve` does."""
        self.end()
        self._start()
        await bootstrap._recover(self.ports, self.store, self.objects)

    async def contact(self) -> list[Caller]:
        """Start a contact with a customer and an agent."""
        scene = Scene(lambda: closing(self.store))  # type: ignore[arg-type, return-value]
        scene.store, scene.now, scene.ids = self.store, self.clock.now(), cast("Any", self._ids)
        customer = await scene.customer()
        return [customer, await scene.join(customer.contact_id)]
