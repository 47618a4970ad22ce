"""Who may run beside whom, and what becomes of a node that was thought dead."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from openparticipant.limits import CLOCK_TOLERANCE, NODE_HEARTBEAT, NODE_LEASE
from openparticipant.operations.membership import NotWelcomeError
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.testing.clock import SettableClock
from tests.nodes.membership import ALONE, MANY, Nodes

EXCLUSIVE = pytest.mark.parametrize(("first", "second"), [(ALONE, MANY), (MANY, ALONE)])


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Return an empty list of nodes."""
    database = SqliteDatabase(tmp_path / "database")
    try:
        yield Nodes(database)
    finally:
        database.close()


async def test_any_number_runs_beside_each_other(nodes: Nodes) -> None:
    """As long as all that they stand on can be shared; each leaves the list in the end."""
    await nodes.prepare()
    running = [await nodes.joined(name) for name in "abc"]
    everybody = await nodes.listed()
    await running[1].leave()

    assert everybody == ["a", "b", "c"]
    assert await nodes.listed() == ["a", "c"]


@EXCLUSIVE
async def test_one_that_is_alone_excludes_all_others(nodes: Nodes, first: str, second: str) -> None:
    """Whichever of the two it is; the line names the one in the way, and nothing changes."""
    await nodes.prepare()
    await nodes.joined("first", first)
    nodes.clock.advance(3_000)

    with pytest.raises(NotWelcomeError) as refused:
        await nodes.joined("second", second)

    line = str(refused.value)
    assert "another node (host-of-first, process 7, seen 3 s ago)" in line
    assert "SQLite" in line
    assert "many nodes need postgresql://, s3:// and nats://" in line
    assert "\n" not in line
    assert await nodes.listed() == ["first"]


async def test_the_same_directory_takes_over_at_once(nodes: Nodes) -> None:
    """After a `kill -9` the row of the last life stands in nobody's way."""
    await nodes.prepare()
    killed = await nodes.joined("node", ALONE)
    again = await nodes.joined("node", ALONE)
    await killed.leave()

    assert await nodes.listed() == ["node"]
    await again.leave()
    assert await nodes.listed() == []


async def test_what_says_that_it_is_there_stays(nodes: Nodes) -> None:
    """For any time, as long as it says so within each lease."""
    await nodes.prepare()
    first = await nodes.joined("first", ALONE)
    for _ in range(5):
        nodes.clock.advance(NODE_LEASE - 1)
        await first.stay()
    nodes.clock.advance(NODE_LEASE - 1)

    with pytest.raises(NotWelcomeError):
        await nodes.joined("second", ALONE)


@EXCLUSIVE
async def test_who_was_thought_dead_gives_way(nodes: Nodes, first: str, second: str) -> None:
    """Another one took its place while it was frozen; now it may not go on."""
    await nodes.prepare()
    frozen = await nodes.joined("frozen", first)
    nodes.clock.advance(NODE_LEASE)
    await nodes.joined("next", second)

    with pytest.raises(NotWelcomeError, match="host-of-next"):
        await frozen.stay()
    assert (await nodes.entry("next")).stands_on == second


async def test_who_was_thought_dead_comes_back(nodes: Nodes) -> None:
    """Where nobody came who excludes it, it is simply there again."""
    await nodes.prepare()
    frozen = await nodes.joined("frozen", ALONE)
    nodes.clock.advance(NODE_LEASE)
    await frozen.stay()

    with pytest.raises(NotWelcomeError, match="host-of-frozen"):
        await nodes.joined("next", MANY)


async def test_a_copied_directory_makes_two_nodes(nodes: Nodes) -> None:
    """An image of a machine carries the id along: the one that finds out takes another id."""
    await nodes.prepare()
    original = await nodes.joined("same")
    copy = await nodes.joined("same")
    await original.stay()
    await copy.stay()
    await original.stay()

    assert nodes.renamed == ["same again"]
    assert await nodes.listed() == ["same", "same again"]


async def test_a_copied_directory_is_no_way_around_being_alone(nodes: Nodes) -> None:
    """The one that runs finds out at its next word, and ends."""
    await nodes.prepare()
    original = await nodes.joined("same", ALONE)
    await nodes.joined("same", ALONE)

    with pytest.raises(NotWelcomeError, match="host-of-same"):
        await original.stay()


async def test_the_watch_ends_with_the_line(nodes: Nodes) -> None:
    """It says by itself that the node is there, until it may not be any more."""
    await nodes.prepare()
    frozen = await nodes.joined("frozen", ALONE)
    watching = asyncio.create_task(frozen.watch())
    await asyncio.sleep(0)
    nodes.clock.advance(NODE_HEARTBEAT)
    while (await nodes.entry("frozen")).seen_at != nodes.clock.now():  # noqa: ASYNC110 - a row has no event
        await asyncio.sleep(0)
    # What comes now came while it was frozen: it cannot say a word before the other one is in.
    await nodes.registry.remove(await nodes.entry("frozen"))
    await nodes.joined("next", ALONE)
    while not watching.done():
        nodes.clock.advance(NODE_HEARTBEAT)
        await asyncio.sleep(0)

    assert "host-of-next" in frozen.over.result()


async def test_a_database_that_is_away_ends_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The list waits; leaving without it is only noted."""
    away = SqliteDatabase(tmp_path / "other")
    others = Nodes(away)
    await others.prepare()
    node = await others.joined("node")
    away.close()
    watching = asyncio.create_task(node.watch())
    while "the list of nodes waits" not in caplog.text:
        others.clock.advance(NODE_HEARTBEAT)
        await asyncio.sleep(0)
    assert not watching.done()
    watching.cancel()
    await node.leave()

    assert "stays on the list until its lease ends" in caplog.text


async def test_a_clock_that_is_a_little_off_is_set(nodes: Nodes) -> None:
    """To the database's time, at the start and later, so that nodes agree on what is due."""
    await nodes.prepare()
    clock = SettableClock(nodes.clock.now() + 2_000)
    node = nodes.node("a", clock=clock)
    await node.join()
    times = [clock.now()]
    clock.advance(-1_000)
    await node.stay()

    assert [*times, clock.now()] == [nodes.clock.now()] * 2
    assert node.trouble is None


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (CLOCK_TOLERANCE, None),
        (-CLOCK_TOLERANCE, None),
        (CLOCK_TOLERANCE + 1000, "clock: 31 s ahead of the database's"),
        (-CLOCK_TOLERANCE - 1000, "clock: 31 s behind the database's"),
    ],
)
async def test_a_clock_far_off_the_databases(nodes: Nodes, off: int, said: str | None) -> None:
    """A node that starts with one does not; one that runs goes on and says so until it is mended."""
    await nodes.prepare()
    clock = SettableClock(nodes.clock.now() + off)
    if said is None:
        await nodes.node("a", clock=clock).join()
    else:
        with pytest.raises(NotWelcomeError, match=said):
            await nodes.node("a", clock=clock).join()
    mended = SettableClock(nodes.clock.now())
    runs = nodes.node("b", clock=mended)
    await runs.join()
    troubles = []
    for time in (nodes.clock.now() + off, nodes.clock.now()):
        mended.set(time)
        await runs.stay()
        troubles.append(runs.trouble)

    assert troubles == [said, None]
