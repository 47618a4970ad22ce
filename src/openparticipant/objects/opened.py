from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self, cast

from openparticipant.errors import Damaged, Unavailable
from openparticipant.objects.durability import or_unavailable
from openparticipant.objects.trailer import Trailer
from openparticipant.objects.workers import Workers

_PIECE = 256 * 1024

# Linux reads what is in memory without waiting, or says that it would have to.
_NOWAIT = getattr(os, "RWF_NOWAIT", 0)


class OpenedObject:
    """One object held open: it stays readable and the same, whatever happens to its key."""

    def __init__(self, descriptor: int, trailer: Trailer, workers: Workers) -> None:
        self._descriptor = descriptor
        self._workers = workers
        self._nowait = bool(_NOWAIT)
        self.trailer = trailer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give all bytes in order; raise Unavailable where one is not there."""
        size = self.trailer.size
        for offset in range(0, size, _PIECE):
            yield await self.read(offset, min(_PIECE, size - offset))

    async def prove(self) -> None:
        """Read all bytes; raise Damaged unless they have the hash that was stored with them."""
        # A copy of the descriptor: a reader that is cancelled closes its own under the thread.
        descriptor = os.dup(self._descriptor)
        size = self.trailer.size
        if await self._workers.run(lambda: _hash(descriptor, size)) != self.trailer.sha256:
            raise Damaged("an object on disk is damaged: its bytes have another hash")

    async def read(self, offset: int, size: int) -> bytes:
        """Return exactly `size` bytes from `offset`; raise Unavailable if they are not there."""
        if self._nowait:
            buffer = bytearray(size)
            try:
                if os.preadv(self._descriptor, [buffer], offset, _NOWAIT) == size:
                    # Not made bytes by a copy: nobody writes to it again.
                    return cast("bytes", buffer)
            except BlockingIOError:
                pass
            except OSError as error:
                if error.errno != errno.EOPNOTSUPP:
                    raise Unavailable(f"cannot read an object: {error.strerror}") from error
                self._nowait = False
        descriptor = os.dup(self._descriptor)  # likewise
        return await self._workers.run(lambda: _read(descriptor, offset, size))


def _hash(descriptor: int, size: int) -> str:
    digest = hashlib.sha256()
    try:
        for offset in range(0, size, _PIECE):
            digest.update(_exactly(descriptor, offset, min(_PIECE, size - offset)))
        return digest.hexdigest()
    finally:
        os.close(descriptor)


def _read(descriptor: int, offset: int, size: int) -> bytes:
    try:
        return _exactly(descriptor, offset, size)
    finally:
        os.close(descriptor)


def _exactly(descriptor: int, offset: int, size: int) -> bytes:
    with or_unavailable("read an object"):
        parts = []
        while size:
            part = os.pread(descriptor, size, offset)
            if not part:
                raise Damaged("an object on disk ended early")
            parts.append(part)
            offset += len(part)
            size -= len(part)
        return b"".join(parts)
