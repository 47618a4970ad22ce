from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias
from urllib.parse import unquote_to_bytes

from uvicorn._types import HTTPScope

from openparticipant.domain.attachment import Attachment
from openparticipant.ports.tracer import Span
from openparticipant.transport.s3xml import ObjectRefusal

PREFIX = "/attachments/"


@dataclass(slots=True)
class ObjectExchange:
    """One request of the object plane and what came of it, for log and metrics.

    `status` is None until the answer begins and stays so if the client leaves first. `received`
    and `sent` count bytes of bodies, `started` is a reading of the performance counter. Nothing in
    here opens anything.
    """

    request_id: str
    method: str
    client: str | None
    key: str = ""
    status: int | None = None
    code: str | None = None
    reason: str | None = None
    received: int = 0
    sent: int = 0
    span: Span | None = None
    started: float = field(default_factory=time.perf_counter)


Find: TypeAlias = Callable[[str, str], Awaitable[Attachment | None]]
"""Finds the attachment that a URL names by the ids of its contact and its own, if the URL lives."""


class Observed(Protocol):
    """Whoever logs and counts exchanges."""

    def __call__(self, exchange: ObjectExchange, /) -> None:
        """Take note of an exchange that is over; called on the event loop, so it must not wait."""


@dataclass(frozen=True, slots=True)
class ObjectRequest:
    """One request, as it came and as we read it; `at` (ms) is when its head was complete.

    `headers` has lower-case names; of a header that came twice it has the last.
    """

    method: str
    path: bytes
    query: bytes
    raw_headers: Sequence[tuple[bytes, bytes]]
    at: int
    headers: dict[bytes, str] = field(init=False)

    def __post_init__(self) -> None:
        headers = {name.lower(): value.decode("latin-1") for name, value in self.raw_headers}
        object.__setattr__(self, "headers", headers)

    @classmethod
    def read(cls, scope: HTTPScope, *, at: int) -> ObjectRequest:
        """Take over a request from the server."""
        raw_path = scope["raw_path"]
        assert raw_path is not None, "the server must pass paths on as they came"
        return cls(scope["method"], raw_path, scope["query_string"], list(scope["headers"]), at)

    @property
    def origin(self) -> bytes | None:
        """The origin of the page that asks, if a browser does."""
        origin = self.headers.get(b"origin")
        return None if origin is None else origin.encode("latin-1")

    @property
    def key(self) -> str:
        """The key that the path names; raise ObjectRefusal if it is not text."""
        try:
            path = unquote_to_bytes(self.path).decode()
        except UnicodeDecodeError:
            raise ObjectRefusal("InvalidURI", 400, "Couldn't parse the specified URI.") from None
        return path.removeprefix(PREFIX)
