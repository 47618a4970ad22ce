"""Bytes on a socket, for requests that no HTTP client would make."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from openparticipant.testing.chat import Answer

_PATIENCE = 30


def exchange(url: str, pieces: Iterable[bytes], *, then_end: bool = True) -> bytes:
    """Send pieces until the server hangs up or they end, and return all that it sends.

    `then_end` closes our side behind the last piece.
    """
    parts = urlsplit(url)
    received = b""
    with socket.create_connection((parts.hostname or "", parts.port or 0), _PATIENCE) as client:
        with suppress(ConnectionError):
            for piece in pieces:
                client.sendall(piece)
            if then_end:
                client.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while piece := client.recv(65536):
                received += piece
    return received


def first_answer(received: bytes) -> Answer:
    """Take the first answer apart; its body must have a declared length."""
    head, _, rest = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    protocol, status, _ = first.split(" ", 2)
    assert protocol == "HTTP/1.1"
    pairs = (line.partition(": ") for line in lines)
    headers = {name.lower(): value for name, _, value in pairs}
    return Answer(int(status), headers, rest[: int(headers["content-length"])])
