from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from openparticipant.limits import MIB
from openparticipant.objects.credits import Credits
from openparticipant.objects.incoming import IncomingFile
from openparticipant.objects.trailer import Trailer
from openparticipant.objects.workers import Workers

BATCH = MIB
PIECES = 1024  # what one writev takes (IOV_MAX)
PIECE_OVERHEAD = 64  # bytes: a piece is an object of its own, however short

T = TypeVar("T")


class WrongLength(Exception):  # noqa: N818 - a finding about the client's bytes
    """The body has more or fewer bytes than were announced."""


class Upload:
    """One body on its way into the store; leaving its `async with` early leaves no trace.

    Bytes are gathered into batches as long as the shared pool has room, and hashed and written by
    a worker thread while the next batch arrives. Without room each piece is written as it comes.
    """

    def __init__(
        self,
        file: IncomingFile,
        size: int,
        *,
        publish: Callable[[Path], None],
        workers: Workers,
        pool: Credits,
    ) -> None:
        self._file = file
        self._size = size
        self._publish = publish
        self._workers = workers
        self._pool = pool
        self._received = 0
        self._pieces: list[bytes] = []
        self._gathered = 0
        self._borrowed = 0
        self._writing: asyncio.Future[None] | None = None
        self._begun = False
        self._published = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.give(self._batch()[1])
        if self._begun and not self._published:
            await self._workers.run(self._file.remove)

    async def add(self, piece: bytes) -> None:
        """Take the next piece of the body; raise WrongLength at the first byte too many."""
        if not piece:
            return
        self._received += len(piece)
        if self._received > self._size:
            raise WrongLength
        cost = len(piece) + PIECE_OVERHEAD
        credited = self._pool.take(cost)
        if credited:
            self._borrowed += cost
        self._pieces.append(piece)
        self._gathered += len(piece)
        if self._received == self._size:
            return  # `publish` writes the rest, in one go with what it has to do anyway
        if not credited:
            await self._write_batch()
            await self._written()
        elif self._gathered >= BATCH or len(self._pieces) == PIECES:
            await self._write_batch()

    async def publish(self, at: int) -> Trailer:
        """Make the whole body a durable, visible object; raise WrongLength if bytes are missing."""
        if self._received != self._size:
            raise WrongLength
        await self._written()
        pieces, credit = self._batch()

        def finish() -> Trailer:
            return self._file.finish(pieces, stored_at=at, publish=self._publish)

        trailer = await asyncio.shield(self._start(finish, credit))
        self._published = True
        return trailer

    async def _write_batch(self) -> None:
        await self._written()
        pieces, credit = self._batch()

        def write() -> None:
            self._file.write(pieces)

        self._writing = self._start(write, credit)

    async def _written(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            await asyncio.shield(writing)

    def _batch(self) -> tuple[list[bytes], int]:
        batch = self._pieces, self._borrowed
        self._pieces, self._gathered, self._borrowed = [], 0, 0
        return batch

    def _start(self, work: Callable[[], T], credit: int) -> asyncio.Future[T]:
        def done(future: asyncio.Future[T]) -> None:
            self._pool.give(credit)
            if not future.cancelled():
                future.exception()  # an upload that was given up has nobody left to ask for it

        self._begun = True
        future = self._workers.submit(work)
        future.add_done_callback(done)
        return future
