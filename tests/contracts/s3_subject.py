"""A bucket of a real S3 server, as the contract wants its subjects."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openparticipant.domain.attachment import Attachment
from openparticipant.objects.s3.bucket import read_bucket
from openparticipant.objects.s3.chain import Found
from openparticipant.objects.s3.held_credentials import HeldCredentials
from openparticipant.objects.s3.store import S3Objects
from openparticipant.system import SystemClock
from tests.engines.s3 import S3Server


class S3Subject:
    """`Subject` on our store over a server; it judges time by the machine's clock."""

    def __init__(self, objects: S3Objects, chunked_status: int) -> None:
        self.objects = objects
        self.chunked_status = chunked_status
        self._clock = SystemClock()

    def now(self) -> int:
        """Return the machine's time."""
        return self._clock.now()

    def expect(self, attachment: Attachment) -> None:
        """Take no note: a bucket takes whatever is signed."""


@asynccontextmanager
async def opened(server: S3Server, *, address: str = "") -> AsyncIterator[S3Objects]:
    """Open our store over a server's bucket, or over another address."""
    bucket = read_bucket(address or server.address, region=server.region)
    credentials = HeldCredentials(lambda: Found(server.key, None), SystemClock())
    objects = S3Objects(bucket, credentials, SystemClock(), public_origin=bucket.origin)
    try:
        yield objects
    finally:
        await objects.close()
