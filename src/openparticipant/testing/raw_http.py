"""HTTP/1.1 as bytes: a client that sends exactly what it is told, right or wrong."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_PATIENCE = 10.0


class CutOffError(Exception):
    """The connection ended before a whole answer had come."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def element(self, name: str) -> str:
        """Return the text of an element of an XML error, or ""."""
        _, opened, rest = self.body.decode().partition(f"<{name}>")
        return rest.partition(f"</{name}>")[0] if opened else ""

    @property
    def code(self) -> str:
        """The error's code, where the body is an S3 error."""
        return self.element("Code")


class Wire:
    """One connection to 127.0.0.1, spoken to in pieces."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, url: str) -> Wire:
        """Connect to the origin of a URL."""
        parts = urlsplit(url)
        return cls(*await asyncio.open_connection(parts.hostname, parts.port))

    async def head(
        self, method: str, url: str, headers: Mapping[str, str] | Iterable[tuple[str, str]]
    ) -> None:
        """Send a request's head; only Host is added, and only if it is missing."""
        parts = urlsplit(url)
        pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
        if not any(name.lower() == "host" for name, _ in pairs):
            pairs.insert(0, ("Host", parts.netloc))
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in pairs)]
        await self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))

    async def send(self, data: bytes) -> None:
        """Send bytes as they are; a peer that has hung up is noticed by `answer`."""
        with contextlib.suppress(ConnectionError):
            self._writer.write(data)
            await self._writer.drain()

    async def answer(self, method: str = "GET") -> Answer:
        """Read one answer, passing over interim ones; raise CutOffError if it is not whole."""
        async with asyncio.timeout(_PATIENCE):
            try:
                while True:
                    answer = await self._answer(method)
                    if answer.status >= 200:
                        return answer
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                raise CutOffError from error

    async def status(self) -> int:
        """Read one head, be it an interim one, and return its status; a body is left unread."""
        async with asyncio.timeout(_PATIENCE):
            return int((await self._reader.readuntil(b"\r\n\r\n")).split()[1])

    async def rest(self) -> bytes:
        """Read whatever comes until the connection ends, in whatever way."""
        got = b""
        async with asyncio.timeout(_PATIENCE):
            with contextlib.suppress(ConnectionError):
                while piece := await self._reader.read(1 << 20):
                    got += piece
        return got

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _answer(self, method: str) -> Answer:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        status = int(first.split()[1])
        pairs = (line.partition(":") for line in lines if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        if method == "HEAD" or status < 200 or status in {204, 304}:
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body = await self._chunks()
        elif "content-length" in headers:
            body = await self._reader.readexactly(int(headers["content-length"]))
        else:
            body = await self._reader.read()
        return Answer(status, headers, body)

    async def _chunks(self) -> bytes:
        body = b""
        while size := int((await self._reader.readuntil(b"\r\n")).split(b";")[0], 16):
            body += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readuntil(b"\r\n")
        return body


async def fetch(
    method: str,
    url: str,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    body: bytes = b"",
) -> Answer:
    """Make one request on a connection of its own."""
    wire = await Wire.open(url)
    try:
        await wire.head(method, url, headers)
        await wire.send(body)
        return await wire.answer(method)
    finally:
        await wire.close()
