from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from openparticipant.errors import ServiceError
from openparticipant.transport.bounds import Bounds
from openparticipant.transport.crowd import affordable
from openparticipant.transport.forwarding import TrustedProxies
from openparticipant.wire.restjson import encode_error


@dataclass(frozen=True, slots=True)
class Refusal:
    """A connection that the server ended by itself, before or beside the application.

    `status` is None where the client got no answer. `reason` is one of a few fixed words, fit
    for a metric's label; neither it nor `detail` ever holds bytes of the request.
    """

    request_id: str
    status: int | None
    reason: str
    detail: str
    client: tuple[str, int] | None


class Refused(Protocol):
    """Whoever logs and counts refusals."""

    def __call__(self, refusal: Refusal, /) -> None:
        """Take note; called on the event loop, so it must not wait."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What every connection of one listener shares."""

    bounds: Bounds
    new_id: Callable[[], str]
    refused: Refused
    most: int = field(default_factory=affordable)
    """Connections at the same time, of each listener."""
    proxies: TrustedProxies = field(default_factory=lambda: TrustedProxies(()))


def answer(error: ServiceError, request_id: str, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Write a whole HTTP/1.1 answer that a browser may read and that ends the connection."""
    body = encode_error(error)
    # Every answer that ends a connection says so once; the listener's own headers may say it too.
    lines = [b"%s: %s" % header for header in headers if header[0] != b"connection"]
    lines += [
        b"connection: close",
        b"content-type: application/json",
        b"content-length: %d" % len(body),
        b"x-amzn-ErrorType: " + error.code.encode(),
        b"x-amzn-RequestId: " + request_id.encode(),
        b"access-control-allow-origin: *",
        b"access-control-expose-headers: x-amzn-errortype, x-amzn-requestid, retry-after",
    ]
    return STATUS_LINE[error.status] + b"\r\n".join([*lines, b"", body])
