"""A line to a PostgreSQL that is cut at a word: the server has got it, its answer is lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


class CutLine:
    """Passes everything on, until the client sends what contains `word`."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self.word = b""

    @asynccontextmanager
    async def listening(self, place: Path) -> AsyncIterator[str]:
        """Listen in a directory, which is the host in an address."""
        path = place / ".s.PGSQL.5432"
        async with await asyncio.start_unix_server(self._pass_on, path):
            yield str(place)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(self._server / ".s.PGSQL.5432")
        back = asyncio.create_task(self._copy(from_server, writer))
        try:
            while sent := await reader.read(65536):
                last = self.word and self.word in sent
                if last:
                    back.cancel()
                    await asyncio.wait([back])
                to_server.write(sent)
                if last:
                    await from_server.read(65536)
                    break
        finally:
            back.cancel()
            to_server.close()
            writer.close()
            with contextlib.suppress(OSError):
                await to_server.wait_closed()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while got := await reader.read(65536):
            writer.write(got)
        writer.close()
