"""What one node knows of the rules for files, while others change them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from openparticipant.domain.file_configuration import FileConfiguration, Scope
from openparticipant.errors import Unavailable
from openparticipant.operations.rule_book import RuleBook
from openparticipant.testing.clock import START, SettableClock
from tests.stores.attachment_world import POLICY


def decided(largest: int, at: int) -> FileConfiguration:
    return FileConfiguration("instance", Scope.CHAT, largest, None, START + at)


class Table:
    """A store whose reads may be held, or fail."""

    def __init__(self) -> None:
        self.rows: list[FileConfiguration] = []
        self.before_reads: Callable[[], Awaitable[None]] | None = None

    async def file_configurations(self) -> list[FileConfiguration]:
        """Return the rows as they were when the read began."""
        found = list(self.rows)
        if self.before_reads is not None:
            await self.before_reads()
        return found

    async def configure_files(self, change: FileConfiguration) -> FileConfiguration:
        """Put a row in the place of all others."""
        self.rows = [change]
        return change


def largest(book: RuleBook) -> int:
    return book.rules("instance", Scope.CHAT).largest


def opened(table: Table, clock: SettableClock) -> RuleBook:
    store: Any = table
    return RuleBook(store, POLICY, clock)


def test_a_look_that_began_before_a_change_does_not_undo_it() -> None:
    """The node that was asked goes by its own answer from then on."""

    async def play() -> None:
        table = Table()
        book = opened(table, SettableClock())
        table.rows = [decided(3, at=0)]
        began, may_end = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            began.set()
            await may_end.wait()

        table.before_reads = hold
        look = asyncio.create_task(book.look())
        await began.wait()
        await book.change(decided(2, at=1))
        may_end.set()
        await look
        assert largest(book) == 2

    asyncio.run(play())


def test_the_watch_outlasts_a_database_that_is_away() -> None:
    """What is known goes on, and what changed meanwhile is learned afterwards."""

    async def play() -> None:
        table = Table()
        clock = SettableClock()
        book = opened(table, clock)

        async def fail() -> None:
            raise Unavailable("away")

        table.rows, table.before_reads = [decided(3, at=0)], fail
        watch = asyncio.create_task(book.watch())
        for _ in range(3):
            await asyncio.sleep(0)
            clock.advance(1000)
        assert largest(book) == POLICY.file_rules.largest
        table.before_reads = None
        while largest(book) != 3:
            await asyncio.sleep(0)
            clock.advance(1000)
        watch.cancel()

    asyncio.run(asyncio.wait_for(play(), 20))
