"""A proxy before a NATS that loses, doubles and reorders what it hands to one node."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Mangler:
    """Passes on everything but messages; of those a third each is lost, doubled or late."""

    def __init__(self, url: str, seed: int) -> None:
        parts = urlsplit(url)
        self._server = parts.hostname, parts.port
        self._chance = random.Random(seed)
        self._late: list[bytes] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.fates = {"lost": 0, "twice": 0, "late": 0}

    async def serve(
        self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter
    ) -> None:
        """Carry one connection."""
        host, port = self._server
        reader, writer = await asyncio.open_connection(host, port)
        there = asyncio.create_task(_copy(client_reader, writer))
        self._tasks.add(there)
        try:
            while line := await reader.readline():
                if line.startswith(b"MSG "):
                    line += await reader.readexactly(int(line.split()[-1]) + 2)
                    client_writer.writelines(self._mangled(line))
                else:
                    client_writer.write(line)
        finally:
            there.cancel()
            writer.close()
            client_writer.close()

    def _mangled(self, message: bytes) -> list[bytes]:
        fate = self._chance.choice(list(self.fates))
        self.fates[fate] += 1
        if fate == "late":
            self._late.append(message)
            return []
        out = [message] * 2 if fate == "twice" else []
        if self._late and self._chance.random() < 0.5:
            out.append(self._late.pop(self._chance.randrange(len(self._late))))
        return out


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)


@asynccontextmanager
async def mangled(url: str, seed: int) -> AsyncIterator[tuple[str, Mangler]]:
    """Return the address of a proxy, and what it does."""
    mangler = Mangler(url, seed)
    server = await asyncio.start_server(mangler.serve, "127.0.0.1", 0)
    try:
        yield f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}", mangler
    finally:
        server.close()
