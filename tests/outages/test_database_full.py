"""A server whose PostgreSQL has no room left for rows: who is told, and that it ends by itself."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from openparticipant.testing.server import Server
from tests.engines.postgres import PostgresServer
from tests.eventually import eventually
from tests.outages.test_database_away import is_degraded, readiness
from tests.outages.test_database_line import heard, said
from tests.small_disk import fill_up, small_disk

_LARGE = "x" * 1000
_MOST = 500  # messages of this size; the pages that are left free take far fewer


@pytest.fixture
def disk(postgres_server: PostgresServer) -> Iterator[Path]:
    """Return a disk of eight megabytes that has all tables; what commits is written elsewhere."""
    (place := postgres_server.place / "disk").mkdir()
    with small_disk(place, "size=8m") as disk:
        (tables := disk / "tables").mkdir()
        if account := postgres_server.account:
            os.chown(tables, account.pw_uid, account.pw_gid)
        asyncio.run(_give(postgres_server, tables))
        yield disk


async def _give(server: PostgresServer, place: Path) -> None:
    connection = await asyncpg.connect(server.address)
    try:
        await connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        await connection.execute("ALTER SYSTEM SET default_tablespace = small")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


def test_a_full_database_holds_what_writes(
    postgres_server: PostgresServer, disk: Path, tmp_path: Path
) -> None:
    """Whoever reads is served; each message is either told to all or refused, and none is lost."""
    (key := tmp_path / "master-key").write_bytes(base64.b64encode(bytes(32)))
    with Server(database=postgres_server.address, master_key_file=str(key)) as server:
        chat = server.start_chat()
        with chat.listen() as listener:
            ballast = fill_up(disk)
            taken: list[str] = []
            for number in range(_MOST):
                text = f"{number} {_LARGE}"
                answer = chat.say(text)
                if answer.status != 200:
                    break
                taken.append(text)
            assert (answer.status, answer.error) == (500, "InternalServerException")
            assert readiness(server)["status"] == "degraded"
            assert said(chat)[::-1] == taken

            ballast.unlink()

            assert eventually(lambda: not is_degraded(server))
            assert chat.say("after").status == 200
            assert heard(listener, "after") == [*taken, "after"]
        assert said(chat)[::-1] == [*taken, "after"]
