"""Where a promise is put to the test: a server, its clock, and whatever holds its bytes."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Self

from openparticipant.testing.chat import Answer as Called
from openparticipant.testing.chat import Chat
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.raw_http import Answer, fetch
from openparticipant.testing.server import Server
from tests.engines.s3 import S3Server
from tests.scanning.judge import files


@dataclass(frozen=True)
class Upload:
    """One invited PUT; each method returns it with one thing changed."""

    chat: Chat
    attachment_id: str
    url: str
    headers: Mapping[str, str]
    content: bytes

    def put(self) -> Answer:
        """Carry it out."""
        return send("PUT", self.url, self.headers, self.content)

    def complete(self, client_token: str | None = None) -> Called:
        """Call CompleteAttachmentUpload."""
        return self.chat.complete(self.attachment_id, client_token)

    def having(self, name: str, value: str) -> Self:
        """Send a header with another value."""
        return replace(self, headers={**self.headers, name: value})

    def without(self, name: str) -> Self:
        """Leave a header out."""
        return replace(self, headers={k: v for k, v in self.headers.items() if k != name})

    def sending(self, content: bytes) -> Self:
        """Send other bytes, and say how many."""
        return replace(self.having("Content-Length", str(len(content))), content=content)

    def at(self, url: str) -> Self:
        """Send it elsewhere."""
        assert url != self.url
        return replace(self, url=url)


@dataclass(frozen=True)
class Place:
    """A server; `bucket` is None where the built-in store holds the bytes."""

    server: Server
    clock: SettableClock
    bucket: S3Server | None

    def invite(self, chat: Chat, content: bytes = b"hello", name: str = "a.txt") -> Upload:
        """Start an upload."""
        started = chat.start_upload(name, content)
        assert started.status == 200, started.body
        metadata = started.json["UploadMetadata"]
        return Upload(
            chat,
            started.json["AttachmentId"],
            metadata["Url"],
            metadata["HeadersToInclude"],
            content,
        )

    def objects_of(self, attachment_id: str) -> list[str]:
        """Return the names of all objects of an attachment, staged or final."""
        if self.bucket is None:
            return [name for name in files(self.server) if attachment_id in name]
        keys = re.findall("<Key>(.*?)</Key>", self.bucket.list("chats/"))
        return [key for key in keys if attachment_id in key]


@contextmanager
def opened(bucket: S3Server | None, now: int, **settings: Any) -> Iterator[Place]:
    """Run a server, on a bucket or on the built-in store, whose clock begins at `now`."""
    clock = SettableClock(now)
    on: dict[str, Any] = {"objects": bucket.address} if bucket else {}
    with Server(clock=clock, log=io.BytesIO(), **on, **settings) as server:
        yield Place(server, clock, bucket)


def send(method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Answer:
    """Make one request, exactly as it is written."""
    return asyncio.run(fetch(method, url, headers, content))
