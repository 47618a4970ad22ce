"""The key pairs in a database that is shared: sealed, and the same for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from openparticipant.bootstrap.access_keys import StoredKeys
from openparticipant.bootstrap.keys import KeyRing
from openparticipant.bootstrap.vault import Vault, master_key
from openparticipant.domain.access_key import Purpose
from openparticipant.master_key import MasterKey
from openparticipant.ports import LastKeyError
from openparticipant.sigv4 import Credentials
from openparticipant.stores import identity
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.stores.write import Write
from openparticipant.system import RandomIds
from openparticipant.testing.clock import SettableClock
from openparticipant.transport.start import StartError
from tests.requirements import require

OUTLASTING = 900_000
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


def ring(
    database: SqliteDatabase, master: MasterKey | None, clock: SettableClock | None = None
) -> KeyRing:
    """Return the keys of a database as one node has them."""
    ids, clock = RandomIds(), clock or SettableClock()
    vault = Vault(master, ids)
    return KeyRing(
        StoredKeys(database, lambda: vault, ids, clock, outlasting=OUTLASTING), vault, clock
    )


async def opened(
    database: SqliteDatabase, master: MasterKey | None = None, clock: SettableClock | None = None
) -> KeyRing:
    """Return the keys of a database as a node has them that has started."""
    await database.write(lambda: identity.ensure("database"))
    keys = ring(database, master, clock)
    await keys.open()
    return keys


async def test_nodes_have_the_same_pairs_and_the_database_none_in_the_open(
    database: SqliteDatabase,
) -> None:
    """Also those that start at the same time on an empty database."""
    rings = await asyncio.gather(*(opened(database, KEY) for _ in range(5)))
    stored = await database.read("SELECT access_key_id, secret_access_key FROM access_keys")

    assert len(stored) == 2
    for purpose in Purpose:
        (pair,) = {each.newest(purpose) for each in rings}
        assert len(pair.secret_access_key) == 64
        assert not any(pair.secret_access_key in text for _, text in stored)


async def test_another_master_key_is_refused(database: SqliteDatabase) -> None:
    """The first one is remembered by what tells nothing of it."""
    await opened(database, KEY)
    await opened(database, KEY)

    with pytest.raises(StartError, match="sealed with another master key"):
        await opened(database, OTHER)
    await opened(database, KEY)


async def test_a_changed_secret_is_refused(database: SqliteDatabase) -> None:
    """A stranger who writes to the database does not get the server to use a key of theirs."""
    await opened(database, KEY)
    await database.write(lambda: in_the_open(Purpose.OBJECTS))

    with pytest.raises(StartError, match=r"the key of objects OPOB.* cannot be unsealed"):
        await opened(database, KEY)


async def test_a_changed_secret_is_not_taken_while_running(
    database: SqliteDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    """The one that was known goes on, and the log says it once."""
    keys = await opened(database, KEY)
    pair = keys.newest(Purpose.CONTROL)
    await database.write(lambda: in_the_open(Purpose.CONTROL))

    await keys.look()
    await keys.look()

    assert keys.find(Purpose.CONTROL, pair.access_key_id) == pair
    (record,) = caplog.records
    assert "it has been changed" in record.getMessage()


def in_the_open(purpose: Purpose) -> Write[None]:
    """Write a secret that nobody sealed."""
    yield (
        "UPDATE access_keys SET secret_access_key = $1 WHERE purpose = $2",
        ("0" * 64, purpose.value),
    )


async def test_a_pair_is_good_where_it_was_made_and_after_a_look(database: SqliteDatabase) -> None:
    """The newest signs; the one before it is still admitted."""
    here, there = await opened(database, KEY), await opened(database, KEY)
    before = here.newest(Purpose.CONTROL)

    key, secret = await here.add(Purpose.CONTROL)

    added = Credentials(key.id, secret)
    assert here.newest(Purpose.CONTROL) == here.find(Purpose.CONTROL, key.id) == added
    assert there.find(Purpose.CONTROL, key.id) is None
    await there.look()
    assert there.newest(Purpose.CONTROL) == added
    assert there.find(Purpose.CONTROL, before.access_key_id) == before
    assert there.find(Purpose.OBJECTS, key.id) is None


async def test_the_newest_is_the_last_one_made(database: SqliteDatabase) -> None:
    """Whatever the clock says: it may stand still, or go back."""
    clock = SettableClock()
    keys = await opened(database, clock=clock)
    for moved in (0, 0, -60_000):
        clock.advance(moved)
        key, _ = await keys.add(Purpose.OBJECTS)
        assert keys.newest(Purpose.OBJECTS).access_key_id == key.id


async def test_what_a_retired_pair_signed_is_good_for_its_time(database: SqliteDatabase) -> None:
    """It signs no more at once; then it is forgotten, with its secret."""
    clock = SettableClock()
    keys = await opened(database, clock=clock)
    old = keys.newest(Purpose.OBJECTS)
    new, _ = await keys.add(Purpose.OBJECTS)

    retired = await keys.retire(old.access_key_id, is_leaked=False)

    assert retired is not None
    assert retired.retires_at == clock.now() + OUTLASTING
    assert keys.newest(Purpose.OBJECTS).access_key_id == new.id
    clock.advance(OUTLASTING - 1)
    assert keys.find(Purpose.OBJECTS, old.access_key_id) == old
    assert [key.id for key in await keys.listed() if key.purpose is Purpose.OBJECTS] == [
        new.id,
        old.access_key_id,
    ]
    clock.advance(1)
    assert keys.find(Purpose.OBJECTS, old.access_key_id) is None
    assert [key.id for key in await keys.listed() if key.purpose is Purpose.OBJECTS] == [new.id]
    await keys.add(Purpose.CONTROL)
    rows = await database.read("SELECT access_key_id FROM access_keys")
    assert (old.access_key_id,) not in [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("purpose", "is_leaked"), [(Purpose.OBJECTS, True), (Purpose.CONTROL, False)]
)
async def test_a_pair_ends_at_once(
    database: SqliteDatabase, purpose: Purpose, *, is_leaked: bool
) -> None:
    """After a leak; and one of back ends in any case, who sign each call anew."""
    keys = await opened(database)
    old = keys.newest(purpose)
    await keys.add(purpose)
    await keys.retire(old.access_key_id, is_leaked=is_leaked)
    assert keys.find(purpose, old.access_key_id) is None


async def test_the_earlier_end_counts(database: SqliteDatabase) -> None:
    """To retire a pair again changes nothing, unless it has leaked."""
    clock = SettableClock()
    keys = await opened(database, clock=clock)
    old = keys.newest(Purpose.OBJECTS).access_key_id
    await keys.add(Purpose.OBJECTS)
    first = await keys.retire(old, is_leaked=False)
    clock.advance(1000)
    assert await keys.retire(old, is_leaked=False) == first
    leaked = await keys.retire(old, is_leaked=True)
    assert leaked is not None
    assert leaked.retires_at == clock.now()
    assert await keys.retire("nobody's", is_leaked=True) is None


async def test_the_last_pair_of_a_purpose_stays(database: SqliteDatabase) -> None:
    """Also where two operators retire one each at the same time."""
    keys = await opened(database)
    first = keys.newest(Purpose.CONTROL).access_key_id
    with pytest.raises(LastKeyError):
        await keys.retire(first, is_leaked=True)
    second, _ = await keys.add(Purpose.CONTROL)

    outcomes = await asyncio.gather(
        *(keys.retire(each, is_leaked=False) for each in (first, second.id)),
        return_exceptions=True,
    )

    assert [isinstance(each, LastKeyError) for each in outcomes].count(True) == 1
    assert keys.newest(Purpose.CONTROL).access_key_id in {first, second.id}


async def test_whoever_asks_is_told_what_was_recorded_before(database: SqliteDatabase) -> None:
    """However many ask at the same time, also where a look is under way already."""
    here, there = await opened(database), await opened(database)
    under_way = asyncio.create_task(there.look())
    for _ in range(20):
        key, _ = await here.add(Purpose.CONTROL)
        await asyncio.gather(*(there.look() for _ in range(10)))
        assert there.find(Purpose.CONTROL, key.id) is not None
    await under_way


async def test_who_asked_is_told_of_another_newest_pair(database: SqliteDatabase) -> None:
    """Once for each, and not for those of the object store."""
    here, there = await opened(database), await opened(database)
    told: list[str] = []
    there.on_change.append(lambda pair: told.append(pair.access_key_id))
    await here.add(Purpose.OBJECTS)
    await there.look()
    key, _ = await here.add(Purpose.CONTROL)
    await there.look()
    await there.look()
    assert told == [key.id]


def test_nodes_of_one_database_share_what_no_other_has() -> None:
    """By the master key and the database; whoever is alone shares it with nobody."""
    ids = RandomIds()
    ours = Vault(KEY, ids).bus_secret("database")
    assert ours == Vault(KEY, ids).bus_secret("database")
    alone = Vault(None, ids)
    others = {
        Vault(KEY, ids).bus_secret("another"),
        Vault(OTHER, ids).bus_secret("database"),
        alone.bus_secret("database"),
        alone.bus_secret("database"),
    }
    assert len(others - {ours}) == 4


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
