"""The step that brings scanning: what is there when it is taken, and who still works without knowing it."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, nullcontext
from pathlib import Path

import pytest

from openparticipant.bootstrap import postgres as back_end
from openparticipant.domain.attachment import Status
from openparticipant.ports import ContactStore
from openparticipant.stores import postgres_schema, sqlite_schema, steps
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.postgres_address import parse
from openparticipant.stores.postgres_line import Line
from openparticipant.stores.postgres_store import PostgresContactStore
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.stores.steps import Step
from openparticipant.stores.write import Database, Row, Write
from openparticipant.system import RandomIds
from openparticipant.testing.store_contract.scene import Scene
from tests.contracts.postgres_stores import PostgresStores

KNOWN = steps.known()
(SCANNING,) = [step.number for step in KNOWN if step.name.endswith("_scanning")]
ROWS = """
INSERT INTO contacts (id, instance_id, flow_id, attributes, content_types, request_digest,
    started_at, ends_at, updated_at, last_ordinal, last_item_at, attachments_held)
VALUES ('contact', 'instance', 'flow', '{}', '[]', DIGEST, 1, 9, 1, 1, 5, 3);
INSERT INTO participants (contact_seq, id, role, display_name, request_digest)
VALUES (1, 'participant', 'CUSTOMER', 'Jane', DIGEST);
INSERT INTO attachments VALUES
    (1, 'done', 1, 'participant', 'a.txt', 'text/plain', 5, 'approved', 1, 's/1', 'f/1', NULL,
     'start', 'complete', 2, 3, NULL),
    (1, 'half', 1, 'participant', 'b.txt', 'text/plain', 6, 'completing', 1, 's/2', 'f/2', 'attempt',
     'other', NULL, 2, 3, 4),
    (1, 'open', 1, 'participant', 'c.txt', 'text/plain', 7, 'pending', 1, 's/3', NULL, NULL,
     'third', NULL, 2, 3, 2);
INSERT INTO items (contact_seq, ordinal, id, at, type, participant_seq, attachment_id)
VALUES (1, 1, 'item', 5, 'ATTACHMENT', 1, 'done');
"""
ATTACHMENTS, ITEMS = "SELECT * FROM attachments ORDER BY id", "SELECT * FROM items ORDER BY id"

# What the release without the step says to attachments, in its words.
READ = "SELECT status, final_key FROM attachments WHERE contact_seq = $1 AND id = $2"
CLAIM = """
    UPDATE attachments
    SET status = 'completing', attempt = $3, final_key = $4, due_at = $5, held = 1
    WHERE contact_seq = $1 AND id = $2
      AND (status = 'pending' OR status = 'completing' AND attempt = $3)
    RETURNING 1
"""
APPROVE = """
    UPDATE attachments
    SET status = 'approved', complete_token = $4, attempt = NULL, due_at = NULL
    WHERE contact_seq = $1 AND id = $2 AND status = 'completing' AND attempt = $3
    RETURNING name, content_type
"""
RELEASE = """
    UPDATE attachments
    SET status = 'pending', attempt = NULL, final_key = NULL,
        due_at = CASE WHEN abandoned_at < url_expires_at THEN abandoned_at ELSE url_expires_at END
    WHERE id = $2 AND status = 'completing' AND attempt = $3
      AND contact_seq = (SELECT seq FROM contacts WHERE id = $1)
    RETURNING 1
"""
LAPSE = """
    UPDATE attachments SET held = 0, due_at = abandoned_at
    WHERE contact_seq = $1 AND status = 'pending' AND held = 1 AND url_expires_at <= $2
    RETURNING 1
"""
EXPIRE_LEASES = "UPDATE attachments SET due_at = $1 WHERE status = 'completing' AND due_at > $1"
TAKE_DUE = "SELECT a.id, a.final_key FROM attachments a WHERE a.due_at <= $1"
LEASE = """
    UPDATE attachments SET due_at = $3, attempt = NULL
    WHERE contact_seq = $1 AND id = $2 AND due_at <= $4
    RETURNING 1
"""
# `settle` says this first, of what it could lease, and then the next two.
UNDO_CLAIM = """
    UPDATE attachments
    SET status = 'pending', attempt = NULL, final_key = NULL,
        due_at = CASE WHEN abandoned_at < url_expires_at THEN abandoned_at ELSE url_expires_at END
    WHERE contact_seq = $1 AND id = $2 AND status = 'completing' AND final_key = $3
    RETURNING 1
"""
LAPSE_ONE = """
    UPDATE attachments SET held = 0, due_at = abandoned_at
    WHERE contact_seq = $1 AND id = $2 AND status = 'pending' AND held = 1 AND url_expires_at <= $3
    RETURNING 1
"""
FORGET = """
    DELETE FROM attachments
    WHERE contact_seq = $1 AND id = $2 AND status = 'pending' AND abandoned_at <= $3
    RETURNING held
"""
LATER = 1 << 50


class Engine(ABC):
    """A database that may be at any step."""

    @abstractmethod
    async def take(self, taken: list[Step], script: str) -> None:
        """Bring it to a step, and run a script there."""

    @abstractmethod
    def opened(self) -> AbstractAsyncContextManager[tuple[Database, ContactStore]]:
        """Open it as this release does, which takes the steps that are missing."""


class Sqlite(Engine):
    """A file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def take(self, taken: list[Step], script: str) -> None:
        """See `Engine`."""
        with closing(sqlite3.connect(self._path)) as connection:
            sqlite_schema.upgrade(connection, taken)
            connection.executescript(script.replace("DIGEST", "x'00'"))

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[Database, ContactStore]]:
        """See `Engine`."""
        with closing(SqliteDatabase(self._path)) as database:
            yield database, SqlContactStore(database, RandomIds())


class Postgres(Engine):
    """A schema on a server."""

    def __init__(self, stores: PostgresStores) -> None:
        self._stores = stores

    async def take(self, taken: list[Step], script: str) -> None:
        """See `Engine`."""
        line = await Line.dial(parse(self._stores.url))
        try:
            await postgres_schema.upgrade(line, taken)
        finally:
            await line.hang_up()
        await self._stores.execute(script.replace("DIGEST", "'\\x00'"))

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[Database, ContactStore]]:
        """See `Engine`."""
        async with back_end.opened(self._stores.url, migrate=True) as database:
            yield database, PostgresContactStore(database, RandomIds())


@asynccontextmanager
async def engine(kind: str, request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    """Return an empty one of a kind."""
    if kind == "sqlite":
        yield Sqlite(request.getfixturevalue("tmp_path") / "database")
        return
    async with PostgresStores(request.getfixturevalue("postgres")) as stores:
        yield Postgres(stores)


@asynccontextmanager
async def shared(
    kind: str, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[Database, Scene]]:
    """Return a database, and what this release does on it."""
    async with (
        engine(kind, request) as it,
        it.opened() as (database, store),
        Scene.on(lambda: nullcontext(store)) as scene,
    ):
        yield database, scene


async def said(database: Database, statement: str, *parameters: object) -> list[Row]:
    """Say one statement, and return its rows."""

    def write() -> Write[list[Row]]:
        return list((yield statement, parameters))

    return await database.write(write)


kinds = pytest.mark.parametrize("kind", ["sqlite", "postgres"])


@kinds
async def test_what_was_there_stays_as_it_was(kind: str, request: pytest.FixtureRequest) -> None:
    """Attachments in each state, what is due of them, and items, which are for all."""
    async with engine(kind, request) as it:
        await it.take(KNOWN[: SCANNING - 1], ROWS)
        async with it.opened() as (database, store):
            done, half, is_open = await database.read(ATTACHMENTS)
            (item,) = await database.read(ITEMS)
            author = (1, "participant")
            assert tuple(done) == (
                *(1, "done", *author, "a.txt", "text/plain", 5, "approved", 1, "s/1", "f/1", None),
                *("start", "complete", 2, 3, None, None),
                *(2, None),  # it counts as approved when its URL expired
            )
            assert tuple(half) == (
                *(1, "half", *author, "b.txt", "text/plain", 6, "completing", 1, "s/2", "f/2"),
                *("attempt", "other", None, 2, 3, 4, None, None, None),
            )
            assert tuple(is_open) == (
                *(1, "open", *author, "c.txt", "text/plain", 7, "pending", 1, "s/3", None, None),
                *("third", None, 2, 3, 2, None, None, None),
            )
            assert tuple(item) == (1, 1, "item", 5, "ATTACHMENT", 1, None, None, "done", None, 0)

            (told,) = await store.items("contact", after=0, limit=9)
            assert not told.is_private
            assert told.attachment is not None
            assert (told.attachment.id, told.attachment.is_rejected) == ("done", False)
            due = await store.due_attachments(now=4, lease=1, limit=9)
            assert {(each.attachment.id, each.attachment.status) for each in due} == {
                ("half", Status.COMPLETING),
                ("open", Status.PENDING),
            }
            assert (await store.scan_backlog()).waiting == 0


@kinds
async def test_who_does_not_know_the_step_leaves_alone_what_is_scanned(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """To the release before it is never completed: nobody fetches it, claims it or lets it lapse."""
    async with shared(kind, request) as (database, scene):
        caller = await scene.customer()
        claim = await scene.handed_over(caller, "once")
        key = (caller.contact_seq, claim.attachment_id)
        before = await database.read(ATTACHMENTS)

        assert await said(database, READ, *key) == [("completing", claim.final_key)]
        for attempt in (claim.attempt, "another"):
            assert not await said(database, CLAIM, *key, attempt, "key", LATER)
            assert not await said(database, APPROVE, *key, attempt, "once")
            assert not await said(
                database, RELEASE, caller.contact_id, claim.attachment_id, attempt
            )
        assert not await said(database, LAPSE, caller.contact_seq, LATER)
        await said(database, EXPIRE_LEASES, 1)
        # It is never due, so `settle` never gets to undo it.
        assert not await said(database, TAKE_DUE, LATER)
        assert not await said(database, LEASE, *key, LATER, LATER)
        assert not await said(database, LAPSE_ONE, *key, LATER)
        assert not await said(database, FORGET, *key, LATER)

        assert await database.read(ATTACHMENTS) == before
        assert await scene.status(caller, claim.attachment_id) is Status.SCANNING


@kinds
async def test_what_the_release_before_has_leased_is_not_handed_over(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """What it undoes was nobody's scan: the lease voids the attempt, whoever holds it."""
    async with shared(kind, request) as (database, scene):
        caller = await scene.customer()
        claim = await scene.claimed(caller)
        key = (caller.contact_seq, claim.attachment_id)

        assert await said(database, LEASE, *key, LATER, LATER)
        assert not await scene.store.hand_over(caller, claim, now=scene.now)
        assert await said(database, UNDO_CLAIM, *key, claim.final_key)
        assert await scene.status(caller, claim.attachment_id) is Status.PENDING
        assert (await scene.store.scan_backlog()).waiting == 0
