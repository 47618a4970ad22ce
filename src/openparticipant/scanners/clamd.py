"""ClamAV's daemon, spoken to in its own protocol over TCP or a socket file.

A file is streamed by INSTREAM, each piece behind its length. Before that the daemon is asked for a
PONG, so that one that is frozen is told from one that looks at something large.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from openparticipant.domain.review import Verdict
from openparticipant.errors import NoVerdict, Unavailable
from openparticipant.ports import CompletedFile
from openparticipant.scanners.failure import Unreachable, shown, words

_LONGEST_ANSWER = 4096
_WITHIN = 5.0  # seconds to take a connection, and to say PONG
_END = b"\0\0\0\0"  # a piece without bytes

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Clamd:
    """A daemon at `host` and `port`, or behind the socket file `path`. `largest` is its StreamMaxLength."""

    name: str
    host: str | None
    port: int
    path: str
    largest: int

    async def reach(self) -> None:
        """Raise `Unreachable` unless the daemon answers."""
        said = await self._ask(b"PING")
        if said != b"PONG":
            raise Unreachable(f"{self.name}: {shown(said)!r} is not what a clamd says")

    async def scan(self, file: CompletedFile) -> Verdict:
        """Stream a file to the daemon and read its verdict."""
        await self.reach()
        async with self._line() as (reader, writer), file.read() as pieces:
            if pieces is None:
                raise Unavailable("the file to scan is not there")
            # Listened to from the start: what it says before it hangs up is lost with the line.
            answer = asyncio.ensure_future(self._answer(reader))
            try:
                is_sent = await self._send(pieces, writer)
                verdict = self._verdict(await answer)
            finally:
                answer.cancel()
                await asyncio.gather(answer, return_exceptions=True)
            if verdict.is_approved and not is_sent:
                raise NoVerdict(f"{self.name}: it approves what it has not read")
            return verdict

    def _verdict(self, said: bytes) -> Verdict:
        if said == b"stream: OK":
            return Verdict(is_approved=True)
        if said.startswith(b"stream: ") and said.endswith(b" FOUND"):
            return Verdict(
                is_approved=False, finding=shown(said[len(b"stream: ") : -len(b" FOUND")])
            )
        if b"size limit exceeded" in said:
            raise NoVerdict(f"{self.name}: it takes less than max-size, {self.largest} bytes")
        raise NoVerdict(f"{self.name}: {shown(said)!r} is no verdict")

    async def _send(self, pieces: AsyncIterator[bytes], writer: asyncio.StreamWriter) -> bool:
        """Send a file; whether it was there for all of it."""
        writer.write(b"zINSTREAM\0")
        async for piece in pieces:
            writer.write(len(piece).to_bytes(4, "big"))
            writer.write(piece)
            if not await _was_taken(writer):
                return False
        writer.write(_END)
        return await _was_taken(writer)

    async def _ask(self, command: bytes) -> bytes:
        try:
            async with asyncio.timeout(_WITHIN), self._line() as (reader, writer):
                writer.write(b"z" + command + b"\0")
                return await self._answer(reader)
        except TimeoutError:
            raise Unreachable(f"{self.name}: no answer within {_WITHIN:g} s") from None
        except NoVerdict as error:
            raise Unreachable(str(error)) from None

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return (await reader.readuntil(b"\0")).removesuffix(b"\0")
        except asyncio.IncompleteReadError as error:
            what = f"{shown(error.partial)!r} is all it said" if error.partial else "it hung up"
            raise NoVerdict(f"{self.name}: {what}") from None
        except asyncio.LimitOverrunError:
            raise NoVerdict(f"{self.name}: it says too much") from None
        except OSError as error:
            raise NoVerdict(f"{self.name}: {words(error)}") from None

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Line]:
        try:
            async with asyncio.timeout(_WITHIN):
                if self.host is None:
                    line = await asyncio.open_unix_connection(self.path, limit=_LONGEST_ANSWER)
                else:
                    line = await asyncio.open_connection(
                        self.host, self.port, limit=_LONGEST_ANSWER
                    )
        except (OSError, TimeoutError) as error:
            raise Unreachable(f"{self.name}: {words(error)}") from None
        try:
            yield line
        finally:
            # Whoever leaves early has bytes in the buffer that are nobody's any more.
            line[1].transport.abort()
            with contextlib.suppress(OSError):
                await line[1].wait_closed()


async def _was_taken(writer: asyncio.StreamWriter) -> bool:
    try:
        await writer.drain()
    except OSError:
        return False
    return True
