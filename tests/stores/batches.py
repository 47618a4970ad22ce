"""Writes that share a batch because the test says so, not because of how threads happened to run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.stores.write import Write

PATIENCE = 30  # seconds


class Gate:
    """A write that holds the writer in a batch of its own, so that others queue into the next."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self._entered = threading.Event()
        self._open = threading.Event()

    async def close(self) -> asyncio.Task[None]:
        """Start the write and return once it runs."""
        task = asyncio.ensure_future(self._database.write(self._write))
        assert await asyncio.to_thread(self._entered.wait, PATIENCE)
        return task

    def open(self) -> None:
        """Let the writer go on."""
        self._open.set()

    def _write(self) -> Write[None]:
        yield "SELECT 1", ()
        self._entered.set()
        assert self._open.wait(PATIENCE)


async def one_batch(
    database: SqliteDatabase, makes: Sequence[Callable[[], Write[Any]]]
) -> list[asyncio.Task[Any]]:
    """Run writes in one batch, without taking their results."""
    gate = Gate(database)
    before = await gate.close()
    tasks = [asyncio.ensure_future(database.write(make)) for make in makes]
    await asyncio.sleep(0)  # by now all are queued
    gate.open()
    await before
    await asyncio.wait(tasks)
    return tasks
