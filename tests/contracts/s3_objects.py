"""An object store on any S3 server, as small as can be: everything is a pre-signed request.

It is here to show that the contract asks for nothing that a real S3 does not do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from openparticipant.domain.attachment import Attachment
from openparticipant.ports import Invitation, Offer, StoredObject
from openparticipant.sigv4 import Credentials, presign
from openparticipant.system import SystemClock
from openparticipant.testing.raw_http import Answer, fetch
from tests.engines.seaweedfs import BUCKET, REGION


class S3Objects:
    """`ObjectStore` and `Subject` in one; it judges time by the machine's clock."""

    chunked_status = 403

    def __init__(self, base: str, key: Credentials) -> None:
        self._base = base
        self._key = key
        self._clock = SystemClock()
        self.objects = self

    def now(self) -> int:
        """Return the machine's time."""
        return self._clock.now()

    def expect(self, attachment: Attachment) -> None:
        """Take no note: a bucket takes whatever is signed."""

    async def invite(
        self, key: str, headers: Mapping[str, str], *, at: int, lasting: int
    ) -> Invitation:
        """Sign a PUT."""
        url = self._url("PUT", key, at, lasting, headers)
        return Invitation(url, at - at % 1000 + lasting * 1000, headers)

    async def offer(self, key: str, *, at: int, lasting: int) -> Offer:
        """Sign a GET."""
        return Offer(self._url("GET", key, at, lasting), at - at % 1000 + lasting * 1000)

    async def look(self, key: str) -> StoredObject | None:
        """Ask for the head."""
        answer = await self._ask("HEAD", key)
        if answer.status == 404:
            return None
        assert answer.status == 200, answer
        size = int(answer.headers["content-length"])
        return StoredObject(key, size, answer.headers["content-type"], answer.headers["etag"])

    @asynccontextmanager
    async def read(self, key: str) -> AsyncIterator[AsyncIterator[bytes] | None]:
        """Fetch the whole."""
        answer = await self._ask("GET", key)
        assert answer.status in {200, 404}, answer

        async def pieces() -> AsyncIterator[bytes]:
            yield answer.body

        yield pieces() if answer.status == 200 else None

    async def keep(self, seen: StoredObject, target: str) -> bool:
        """Copy on the server, if it still is the same."""
        headers = {
            "x-amz-copy-source": f"/{BUCKET}/{seen.key}",
            "x-amz-copy-source-if-match": seen.version,
        }
        answer = await self._ask("PUT", target, headers)
        assert answer.status in {200, 404, 412}, answer
        return answer.status == 200

    async def discard(self, key: str) -> None:
        """Delete."""
        answer = await self._ask("DELETE", key)
        assert answer.status in {204, 404}, answer

    async def _ask(self, method: str, key: str, headers: Mapping[str, str] | None = None) -> Answer:
        headers = headers or {}
        url = self._url(method, key, self.now(), 60, headers)
        return await fetch(method, url, {**headers, "Content-Length": "0"})

    def _url(
        self,
        method: str,
        key: str,
        at: int,
        lasting: int,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        return presign(
            self._key,
            method,
            self._base,
            f"/{BUCKET}/{key}",
            region=REGION,
            at=at,
            lasting=lasting,
            headers=headers or {},
        )
