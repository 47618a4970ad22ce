"""The key pairs in a database that is shared: sealed, and the same for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from openparticipant.bootstrap.keys import KeyRing, master_key
from openparticipant.master_key import MasterKey
from openparticipant.stores import identity
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.system import RandomIds, SystemClock
from openparticipant.transport.start import StartError
from tests.requirements import require

KEY, OTHER = MasterKey(bytes(32)), MasterKey(bytes(range(32)))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    """Return an empty database."""
    require(find_spec("cryptography"), "the package cryptography")
    database = SqliteDatabase(tmp_path / "database")
    try:
        yield database
    finally:
        database.close()


def ring(database: SqliteDatabase, master: MasterKey | None) -> KeyRing:
    """Return the keys of a database as one node has them."""
    return KeyRing(database, master, RandomIds(), SystemClock())


async def test_nodes_have_the_same_pairs_and_the_database_none_in_the_open(
    database: SqliteDatabase,
) -> None:
    """Also those that start at the same time on an empty database."""
    await database.write(lambda: identity.ensure("database"))
    found = await asyncio.gather(
        *(ring(database, KEY).pairs("control", "AKIA") for _ in range(5)),
        *(ring(database, KEY).pairs("objects", "OPOB") for _ in range(5)),
    )
    stored = await database.read("SELECT access_key_id, secret_access_key FROM access_keys")

    assert [len(pairs) for pairs in found] == [1] * 10
    assert found[1:5] == found[:1] * 4
    assert found[6:] == found[5:6] * 4
    assert len(stored) == 2
    for (pair,) in found:
        assert len(pair.secret_access_key) == 64
        assert not any(pair.secret_access_key in text for _, text in stored)


async def test_another_master_key_is_refused(database: SqliteDatabase) -> None:
    """The first one is remembered by what tells nothing of it."""
    await database.write(lambda: identity.ensure("database"))
    await ring(database, KEY).check()
    await ring(database, KEY).check()

    with pytest.raises(StartError, match="sealed with another master key"):
        await ring(database, OTHER).check()
    await ring(database, KEY).check()


async def test_a_changed_secret_is_refused(database: SqliteDatabase) -> None:
    """A stranger who writes to the database does not get the server to use a key of theirs."""
    await database.write(lambda: identity.ensure("database"))
    control = await ring(database, KEY).pairs("control", "AKIA")
    await ring(database, None).pairs("objects", "OPOB")  # in the open

    with pytest.raises(StartError, match=r"the key of objects OPOB.* cannot be unsealed"):
        await ring(database, KEY).pairs("objects", "OPOB")
    assert await ring(database, KEY).pairs("control", "AKIA") == control


def test_a_database_elsewhere_needs_a_master_key(caplog: pytest.LogCaptureFixture) -> None:
    """The line says how to make one; where none is needed, one that is given is a warning."""
    require(find_spec("cryptography"), "the package cryptography")
    with pytest.raises(StartError, match="openssl rand -base64 32") as refused:
        master_key(None, is_needed=True)

    assert "\n" not in str(refused.value)
    assert master_key(KEY, is_needed=True) is KEY
    assert master_key(None, is_needed=False) is None
    assert not caplog.records
    assert master_key(KEY, is_needed=False) is None
    assert "has no effect" in caplog.text
