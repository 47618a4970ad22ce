"""A PostgreSQL that a node cannot stand on: one line that says why, no secret in it, and status 2."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from openparticipant.bootstrap import postgres as back_end
from openparticipant.stores import postgres_line
from openparticipant.stores.postgres_address import AddressError, parse
from openparticipant.transport.start import StartError
from tests.cli.worlds import command
from tests.engines.cluster import MASTER_KEY
from tests.engines.postgres import PostgresServer
from tests.refused_start import refused_start

PASSWORD = "hunter2"


async def refusal(url: str) -> str:
    """Return why a start on a database fails."""
    with pytest.raises(StartError) as heard:
        await back_end.check(url, migrate=True)
    text = str(heard.value)
    assert "\n" not in text
    assert PASSWORD not in text
    return text


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://", "must name a host"),
        ("postgresql://db", "must name a database"),
        ("postgresql://db:x/d", "port"),
        ("postgresql://db:0/d", "port"),
        ("postgresql://db/d?port=99999", "port"),
        ("postgresql://[::1/d", "is not a URL"),
        ("postgresql://db/d?sslmode", "is not a URL"),
    ],
)
def test_an_address_that_cannot_be_read_is_said_to_be_so(url: str, said: str) -> None:
    """Nothing is dialled."""
    with pytest.raises(AddressError, match=said):
        parse(url)


def test_an_address_may_name_several_servers() -> None:
    """As libpq has it: in the place of one, or as a parameter; sockets as directories."""
    hosts = (("a", 1), ("::1", 2), ("c", 5432))
    assert parse("postgresql://u:p%40@a:1,[::1]:2,c/d").hosts == hosts
    assert parse("postgresql://u@/d?host=a:1,[::1]:2,c").hosts == hosts
    assert parse("postgresql:///d?host=/run/x&port=7&sslmode=disable").hosts == (("/run/x", 7),)
    assert parse("postgresql://u@%2Frun%2Fx/d").hosts == (("/run/x", 5432),)


async def test_what_a_server_refuses_is_one_line(postgres_server: PostgresServer) -> None:
    """An unknown user or database, a wrong password, one that may not do it, one that would lose."""
    rules = postgres_server.data / "pg_hba.conf"
    rules.write_text(f"local all guarded scram-sha-256\n{rules.read_text()}")
    operator = await asyncpg.connect(postgres_server.address)
    try:
        await operator.execute("SELECT pg_reload_conf()")
        await operator.execute(
            "CREATE ROLE guarded LOGIN PASSWORD 'other'; CREATE ROLE guest LOGIN"
        )
    finally:
        await operator.close()
    url = "postgresql://{}@/{}?host=" + str(postgres_server.place)
    assert 'role "nobody" does not exist' in await refusal(url.format("nobody", "postgres"))
    assert 'database "none" does not exist' in await refusal(url.format("postgres", "none"))
    wrong = await refusal(url.format(f"guarded:{PASSWORD}", "postgres"))
    assert 'password authentication failed for user "guarded"' in wrong
    assert "synchronous_commit" in await refusal(
        url.format("postgres", "postgres") + "&synchronous_commit=off"
    )
    assert "it is read-only" in await refusal(
        url.format("postgres", "postgres") + "&default_transaction_read_only=on"
    )
    with pytest.raises(StartError, match="permission denied for schema public"):
        await back_end.upgrade(url.format("guest", "postgres"))


async def test_a_server_that_is_away_is_one_line(postgres_server: PostgresServer) -> None:
    """Whatever hinders: nobody listens, there is no such host, it does not answer."""
    assert "connection refused" in await refusal(f"postgresql://u:{PASSWORD}@127.0.0.1:1/d")
    assert "none.invalid:5432: " in await refusal(f"postgresql://u:{PASSWORD}@none.invalid/d")
    await asyncio.to_thread(postgres_server.freeze)
    try:
        assert "no answer in time" in await refusal(postgres_server.address)
    finally:
        await asyncio.to_thread(postgres_server.thaw)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 100, b""])
async def test_what_is_no_postgres_is_one_line(answer: bytes) -> None:
    """A stranger's answer is not waited for, nor believed."""
    async with answering(answer) as port:
        url = f"postgresql://u:{PASSWORD}@127.0.0.1:{port}/d?sslmode=disable"
        said = f"database on 127.0.0.1:{port}: what answers is no PostgreSQL"
        assert await refusal(url) == said


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[int]:
    """Answer whatever comes with the same, and hang up."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_an_old_server_is_refused(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own word, before anything is asked of it."""
    monkeypatch.setattr(postgres_line, "OLDEST_SERVER", 99)
    assert "or newer is needed" in await refusal(postgres)


def test_the_commands_end_with_status_2(tmp_path: Path) -> None:
    """Both the start and the look beforehand, in the same line."""
    environ = {
        "OPENPARTICIPANT_DATABASE": f"postgresql://u:{PASSWORD}@127.0.0.1:1/d",
        "OPENPARTICIPANT_MASTER_KEY": MASTER_KEY,
    }
    line = "openparticipant: database on 127.0.0.1:1: connection refused"
    looked = command("config", "check", environ=environ)
    assert (looked.status, looked.err) == (2, f"{line}\n")
    assert refused_start("--data-dir", str(tmp_path / "data"), environ=environ) == line
