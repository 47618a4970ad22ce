"""A WebSocket client that sends exactly what it is told, right or wrong (RFC 6455, section 5)."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import struct
from collections.abc import Sequence
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 0x1, 0x2, 0x0, 0x8, 0x9, 0xA
_PATIENCE = 10.0


def frame(opcode: int, data: bytes = b"", *, fin: bool = True, masked: bool = True) -> bytes:
    """Write one frame; its mask, if it has one, is all zeros."""
    mask_bit = 0x80 if masked else 0
    head = bytes([(0x80 if fin else 0) | opcode])
    if len(data) < 126:
        head += bytes([mask_bit | len(data)])
    elif len(data) < 1 << 16:
        head += bytes([mask_bit | 126]) + struct.pack("!H", len(data))
    else:
        head += bytes([mask_bit | 127]) + struct.pack("!Q", len(data))
    return head + (bytes(4) if masked else b"") + data


def handshake(
    url: str,
    *,
    method: str = "GET",
    target: str | None = None,
    key: str | None = None,
    version: str | None = "13",
    headers: Sequence[str] = (),
    body: bytes = b"",
) -> bytes:
    """Write the head of a request that wants to become a WebSocket."""
    parts = urlsplit(url)
    lines = [f"{method} {target or f'{parts.path}?{parts.query}'} HTTP/1.1"]
    lines += [f"Host: {parts.netloc}", "Upgrade: websocket", "Connection: Upgrade"]
    if key is None:
        key = base64.b64encode(os.urandom(16)).decode()
    lines += [f"Sec-WebSocket-Key: {key}"] if key else []
    lines += [f"Sec-WebSocket-Version: {version}"] if version else []
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


class RawSocket:
    """One TCP connection to where a URL points; `narrow` leaves the kernel little to hold for it."""

    def __init__(self, url: str, *, narrow: bool = False) -> None:
        parts = urlsplit(url)
        self.url = url
        self._socket = socket.socket()
        if narrow:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(_PATIENCE)
        self._socket.connect((parts.hostname, parts.port))
        self._read = b""

    @classmethod
    def open(cls, url: str, *, narrow: bool = False) -> RawSocket:
        """Connect and shake hands."""
        raw = cls(url, narrow=narrow)
        raw.send(handshake(url))
        assert raw.head().startswith(b"HTTP/1.1 101 ")
        return raw

    def __enter__(self) -> Self:
        """Return the socket."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up."""
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes as they are; a server that has hung up is noticed when reading."""
        with contextlib.suppress(ConnectionError):
            self._socket.sendall(data)

    def send_until_refused(self, data: bytes, times: int) -> int:
        """Send bytes again and again; return how often, before a hang-up or a second's jam."""
        self._socket.settimeout(1)
        try:
            for sent in range(times):
                try:
                    self._socket.sendall(data)
                except OSError:
                    return sent
            return times
        finally:
            self._socket.settimeout(_PATIENCE)

    def head(self) -> bytes:
        """Read the head of an HTTP answer."""
        while b"\r\n\r\n" not in self._read:
            self._more()
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        return head

    def frame(self) -> tuple[int, bytes]:
        """Read one frame; return its opcode and data."""
        opcode, length = self._exactly(2)
        length &= 0x7F
        if length >= 126:
            form = "!H" if length == 126 else "!Q"
            (length,) = struct.unpack(form, self._exactly(struct.calcsize(form)))
        return opcode & 0xF, self._exactly(length)

    def closed_with(self) -> int | None:
        """Read on until the server has closed in order; return its code, None where it gave none."""
        code = None
        with contextlib.suppress(ConnectionError, EOFError):
            while True:
                opcode, data = self.frame()
                if opcode == CLOSE and len(data) >= 2:
                    (code,) = struct.unpack("!H", data[:2])
                    self.send(frame(CLOSE, data))
        return code

    def rest(self) -> bytes:
        """Read whatever comes until the connection ends, in whatever way."""
        with contextlib.suppress(ConnectionError, EOFError):
            while True:
                self._more()
        return self._read

    def _exactly(self, count: int) -> bytes:
        while len(self._read) < count:
            self._more()
        data, self._read = self._read[:count], self._read[count:]
        return data

    def _more(self) -> None:
        piece = self._socket.recv(1 << 16)
        if not piece:
            raise EOFError
        self._read += piece
