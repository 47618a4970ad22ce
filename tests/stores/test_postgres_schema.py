"""How the schema comes to be in a PostgreSQL: once, step by step, whoever starts at the same time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from openparticipant.bootstrap import postgres as back_end
from openparticipant.ports import ContactStore
from openparticipant.stores import postgres_schema, steps
from openparticipant.stores.postgres_address import parse
from openparticipant.stores.postgres_line import Line
from openparticipant.stores.postgres_store import PostgresContactStore
from openparticipant.system import RandomIds
from openparticipant.testing.store_contract.scene import Scene
from tests.cli.worlds import command
from tests.contracts.postgres_stores import PostgresStores
from tests.engines.cluster import MASTER_KEY
from tests.refused_start import refused_start

KNOWN = steps.known()
TAKEN = "SELECT version FROM schema_version ORDER BY version"


async def test_nodes_that_start_at_once_on_nothing_all_succeed(postgres: str) -> None:
    """Each step is taken by one of them."""
    async with PostgresStores(postgres) as stores:
        starts = [back_end.upgrade(stores.url) for _ in range(6)]
        taken = [step.number for one in await asyncio.gather(*starts) for step in one]
        assert sorted(taken) == [step.number for step in KNOWN]
        async with stores.database() as database:
            assert await database.read(TAKEN) == [(number,) for number in sorted(taken)]


async def test_a_step_is_whole_or_not_there(postgres: str) -> None:
    """One that fails leaves those before it taken, and the next try goes on from there."""
    broken = steps.step(len(KNOWN) + 1, "broken", "CREATE TABLE half (a INTEGER); nonsense", 1)
    async with PostgresStores(postgres) as stores:
        line = await Line.dial(parse(stores.url))
        try:
            with pytest.raises(asyncpg.PostgresSyntaxError):
                await postgres_schema.upgrade(line, [*KNOWN, broken])
            assert (await postgres_schema.find(line)).version == len(KNOWN)
            assert await line.fetch("SELECT to_regclass('half')") == [(None,)]
            assert line.is_clean
        finally:
            await line.hang_up()


async def test_a_user_who_may_make_no_tables_will_do(postgres: str) -> None:
    """Once the schema is there, reading and writing rows is all that a node does."""
    async with PostgresStores(postgres) as stores:
        await back_end.upgrade(stores.url)
        role, schema = f"guest_{stores.schema}", stores.schema
        await stores.execute(f"""
            CREATE ROLE {role} LOGIN;
            GRANT USAGE ON SCHEMA {schema} TO {role};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};
        """)
        guest = re.sub("//[^@]*@", f"//{role}@", stores.url)

        @asynccontextmanager
        async def open_store() -> AsyncIterator[ContactStore]:
            async with back_end.opened(guest, migrate=True) as database:
                yield PostgresContactStore(database, RandomIds())

        async with Scene.on(open_store) as scene:
            caller = await scene.customer()
            await scene.approved(caller)
            await scene.say(caller)
            await scene.stop(caller)
        await stores.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_migrate_says_what_it_would_do_and_does_it(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """--check: 1 and the missing steps, 0 when there are none; without it they are taken."""
    words = ["--data-dir", f"{tmp_path}/data"]
    if kind == "sqlite":
        migrate_through(words)
        return

    async def on_postgres() -> None:
        async with PostgresStores(request.getfixturevalue("postgres")) as stores:
            (tmp_path / "key").write_text(MASTER_KEY)
            key = ["--master-key-file", f"{tmp_path}/key"]
            await asyncio.to_thread(migrate_through, [*words, *key, "--database", stores.url])

    asyncio.run(on_postgres())


def migrate_through(words: list[str]) -> None:
    """Take all the steps by the command, looking before and after."""
    names = [step.name for step in KNOWN]
    before = command("migrate", "--check", *words)
    assert (before.status, before.out.decode().splitlines()) == (
        1,
        [f"missing: {name}" for name in names],
    )
    refused = refused_start("--no-migrate", *words)
    assert "openparticipant migrate" in refused
    done = command("migrate", *words, "--no-migrate")
    up_to_date = "the schema is up to date"
    assert (done.status, done.out.decode().splitlines()) == (
        0,
        [*(f"taken: {name}" for name in names), up_to_date],
    )
    for again in (command("migrate", "--check", *words), command("migrate", *words)):
        assert (again.status, again.out.decode().splitlines()) == (0, [up_to_date])
