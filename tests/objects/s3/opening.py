"""Our store over a bucket, without a server around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from openparticipant.objects.s3.bucket import read_bucket
from openparticipant.objects.s3.calls import Calls
from openparticipant.objects.s3.chain import Found
from openparticipant.objects.s3.held_credentials import HeldCredentials
from openparticipant.objects.s3.store import S3Objects
from openparticipant.ports import Clock
from openparticipant.sigv4 import Credentials
from openparticipant.system import SystemClock

KEY = Credentials("AKIATESTTESTTESTTEST", "a-secret-for-tests-only")


@asynccontextmanager
async def opened(
    address: str,
    credentials: Credentials | Callable[[], Found] = KEY,
    *,
    clock: Clock | None = None,
    region: str = "us-east-1",
) -> AsyncIterator[S3Objects]:
    """Open the store of an address; credentials are these for ever, or what a call gives."""
    clock = clock or SystemClock()
    bucket = read_bucket(address, region=region)
    if isinstance(credentials, Credentials):
        found = Found(credentials, None)
        held = HeldCredentials(lambda: found, clock)
    else:
        held = HeldCredentials(credentials, clock)
    async with Calls(bucket, held, clock) as calls:
        objects = S3Objects(bucket, held, calls, clock, public_origin=bucket.origin)
        try:
            yield objects
        finally:
            await objects.close()
