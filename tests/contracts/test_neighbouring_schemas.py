"""Nodes of two releases share a database while they are replaced in turn, so each works on both schemas."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from openparticipant.bootstrap import postgres as back_end
from openparticipant.ports import ContactStore
from openparticipant.stores import postgres_schema, steps
from openparticipant.stores.postgres_address import parse
from openparticipant.stores.postgres_line import Line
from openparticipant.stores.postgres_store import PostgresContactStore
from openparticipant.stores.steps import Step
from openparticipant.system import RandomIds
from openparticipant.testing.store_contract import RULES, Rule, hold, name_of
from openparticipant.transport.start import StartError
from tests.contracts.postgres_stores import PostgresStores

KNOWN = steps.known()
# All that the step after the newest may do: nothing that code which does not know it would notice.
ADDITION = """
CREATE TABLE later (seq INTEGER PRIMARY KEY, contact_seq INTEGER NOT NULL REFERENCES contacts);
ALTER TABLE contacts ADD COLUMN later TEXT;
ALTER TABLE participants ADD COLUMN later INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attachments ADD COLUMN later BLOB;
ALTER TABLE items ADD COLUMN later TEXT;
CREATE INDEX contacts_later ON contacts (later) WHERE later IS NOT NULL;
"""


def further(script: str) -> Step:
    """Return the step that a later release will know."""
    return steps.step(len(KNOWN) + 1, "later", script, KNOWN[-1].oldest)


async def take(url: str, taken: list[Step]) -> None:
    """Bring a database to the schema of another release."""
    line = await Line.dial(parse(url))
    try:
        await postgres_schema.upgrade(line, taken)
    finally:
        await line.hang_up()


async def hold_on(rule: Rule, stores: PostgresStores, *, migrate: bool) -> None:
    """Hold this code to a rule on a schema as it is."""

    @asynccontextmanager
    async def open_store() -> AsyncIterator[ContactStore]:
        async with back_end.opened(stores.url, migrate=migrate) as database:
            yield PostgresContactStore(database, RandomIds())

    await hold(rule, open_store)


@pytest.mark.parametrize("rule", RULES, ids=name_of)
async def test_this_code_on_the_next_schema(rule: Rule, postgres: str) -> None:
    """A node that is not replaced yet keeps the rule after the first new one took its steps."""
    async with PostgresStores(postgres) as stores:
        await take(stores.url, [*KNOWN, further(ADDITION)])
        await hold_on(rule, stores, migrate=True)


@pytest.mark.parametrize("rule", RULES, ids=name_of)
async def test_this_code_on_the_oldest_schema_it_accepts(rule: Rule, postgres: str) -> None:
    """A new node keeps the rule before anybody took its steps.

    Until there is a release before, that is the newest schema: whatever reads an attachment needs
    what step 5 brings.
    """
    async with PostgresStores(postgres) as stores:
        await take(stores.url, KNOWN[: steps.ACCEPTED])
        await hold_on(rule, stores, migrate=False)


async def test_a_schema_that_lost_what_this_code_needs_is_refused(postgres: str) -> None:
    """The step that removed it said so; nothing is touched."""
    number = len(KNOWN) + 1
    breaking = further(f"-- oldest: {number}\nALTER TABLE contacts DROP COLUMN flow_id")
    async with PostgresStores(postgres) as stores:
        await take(stores.url, [*KNOWN, breaking])
        with pytest.raises(StartError, match=f"schema is version {number}, this release knows"):
            await hold_on(RULES[0], stores, migrate=True)


async def test_a_schema_that_is_too_old_names_the_remedy(postgres: str) -> None:
    """With --no-migrate somebody else has to take the steps."""
    async with PostgresStores(postgres) as stores:
        await take(stores.url, KNOWN[: steps.ACCEPTED - 1])
        with pytest.raises(StartError, match="openparticipant migrate"):
            await hold_on(RULES[0], stores, migrate=False)


def test_the_accepted_schema_is_one_that_there_was() -> None:
    """It is raised with each release, to the newest of the one before."""
    assert 1 <= steps.ACCEPTED <= len(KNOWN)
    assert KNOWN[-1].oldest <= steps.ACCEPTED
