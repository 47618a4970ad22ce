"""A WebSocket client that costs little, so that a core can hold thousands, and one for HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

SUBSCRIBE = b'{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}'
HEARTBEAT = b'{"topic":"aws/heartbeat"}'
_TEXT, _PING, _PONG = 0x1, 0x9, 0xA


class ClientSocket(asyncio.Protocol):
    """One WebSocket; `hear` is called with each text, and pings are answered."""

    def __init__(self, url: str, hear: Callable[[bytes], None]) -> None:
        self._url = urlsplit(url)
        self._hear = hear
        self._read = b""
        self._is_open = False
        self._transport: asyncio.Transport
        self.opened = asyncio.get_running_loop().create_future()
        self.is_lost = False

    @classmethod
    async def open(cls, url: str, hear: Callable[[bytes], None]) -> ClientSocket:
        """Connect and shake hands."""
        parts = urlsplit(url)
        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(
            lambda: cls(url, hear), parts.hostname or "", parts.port or 0
        )
        await socket.opened
        return socket

    def send(self, text: bytes) -> None:
        """Send a short text."""
        self._write(_TEXT, text)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        self._transport = cast("asyncio.Transport", transport)
        lines = [
            f"GET {self._url.path or '/'}?{self._url.query} HTTP/1.1",
            f"Host: {self._url.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version: 13",
        ]
        self._transport.write("\r\n".join([*lines, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        """Take frames apart."""
        data = self._read + data
        if not self._is_open:
            head, end, rest = data.partition(b"\r\n\r\n")
            if end and head.startswith(b"HTTP/1.1 101 "):
                self._is_open, data = True, rest
                self.opened.set_result(None)
            elif end:
                self.opened.set_exception(RuntimeError(data.decode()))
        while self._is_open and (frame := _frame(data)) is not None:
            opcode, text, data = frame
            if opcode == _TEXT:
                self._hear(text)
            elif opcode == _PING:
                self._write(_PONG, text)
        self._read = data

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it is over."""
        del exc
        self.is_lost = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionResetError())

    def _write(self, opcode: int, data: bytes) -> None:
        assert len(data) < 126
        self._transport.write(bytes([0x80 | opcode, 0x80 | len(data), 0, 0, 0, 0]) + data)


def _frame(data: bytes) -> tuple[int, bytes, bytes] | None:
    if len(data) < 2:
        return None
    length, start = data[1] & 0x7F, 2
    if length >= 126:
        form = "!H" if length == 126 else "!Q"
        start += struct.calcsize(form)
        if len(data) < start:
            return None
        (length,) = struct.unpack(form, data[2:start])
    if len(data) < start + length:
        return None
    return data[0] & 0xF, data[start : start + length], data[start + length :]


class Caller:
    """One kept HTTP connection; calls take turns. `moved` counts bytes of both directions."""

    def __init__(self, origin: str) -> None:
        self.moved = 0
        self._host = urlsplit(origin).netloc
        self._turn = asyncio.Lock()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(self, path: str, bearer: str, body: Any) -> Any:
        """Call an operation of the participant plane and return the body of its 200."""
        headers = {"X-Amz-Bearer": bearer, "Content-Type": "application/json"}
        answer = await self.exchange(
            "POST", f"/participant/{path}", headers, json.dumps(body).encode()
        )
        return json.loads(answer)

    async def exchange(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> bytes:
        """Make one request and return the body of its 200."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self._host}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if "Content-Length" not in headers:
            lines.append(f"Content-Length: {len(body)}")
        async with self._turn:
            if self._streams is None:
                self._streams = await asyncio.open_connection(*self._host.split(":"))
            reader, writer = self._streams
            request = "\r\n".join([*lines, "", ""]).encode() + body
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
            answer = await reader.readexactly(length)
            assert head.startswith(b"http/1.1 200 "), (head, answer)
            self.moved += len(request) + len(head) + length
            return answer
