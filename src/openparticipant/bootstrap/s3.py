"""A bucket that a node can stand on: reached, examined, and called with credentials of its own."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from openparticipant.data_dir import PROFILE_CREDENTIALS
from openparticipant.domain.attachment import Attachment, Status, staging_key
from openparticipant.errors import Unavailable
from openparticipant.objects.s3 import setup
from openparticipant.objects.s3.bucket import Bucket, BucketError, read_bucket
from openparticipant.objects.s3.calls import Calls
from openparticipant.objects.s3.chain import Chain
from openparticipant.objects.s3.held_credentials import HeldCredentials
from openparticipant.objects.s3.store import S3Objects
from openparticipant.ports import Clock, IdSource
from openparticipant.settings import Settings
from openparticipant.transport.start import StartError

_INSTANCE = "00000000-0000-4000-8000-000000000000"


def bucket_of(settings: Settings) -> Bucket:
    """Return the bucket that the settings name. Raises StartError."""
    try:
        return read_bucket(settings.objects, region=settings.region)
    except BucketError as error:
        raise StartError(f"--objects: {error}") from None


@asynccontextmanager
async def opened(settings: Settings, clock: Clock, ids: IdSource) -> AsyncIterator[S3Objects]:
    """Open a bucket that answers and whose URLs clients can take. Raises StartError."""
    bucket = bucket_of(settings)
    async with _open(bucket, settings, clock) as (objects, _):
        with _named(bucket):
            attachment = _anyones(ids, clock.now())
            await objects.invite(
                attachment.staging_key,
                _headers(attachment, settings),
                at=clock.now(),
                lasting=settings.upload_url_lifetime // 1000,
            )
            await objects.reach()
        yield objects


async def set_up(
    settings: Settings, clock: Clock, ids: IdSource, *, write: bool
) -> dict[str, bytes]:
    """Give the bucket the rules that it needs, if `write`, and try it out; return its rules by name, as XML.

    Raises StartError that says what is missing.
    """
    bucket = bucket_of(settings)
    attachment = _anyones(ids, clock.now())
    async with _open(bucket, settings, clock) as (objects, calls):
        with _named(bucket):
            await objects.reach()
            lists = await setup.read_rules(
                bucket,
                calls,
                origins=settings.allowed_origins,
                headers=bucket.headers(_headers(attachment, settings)),
            )
            if write:
                await setup.try_out(bucket, calls, objects, attachment)
                await setup.write_rules(bucket, calls, lists)
            return lists


@asynccontextmanager
async def _open(
    bucket: Bucket, settings: Settings, clock: Clock
) -> AsyncIterator[tuple[S3Objects, Calls]]:
    own_profile = (settings.data_dir / PROFILE_CREDENTIALS).parent
    credentials = HeldCredentials(Chain(own_profile, bucket.region).find, clock)
    origin = settings.objects_url or bucket.origin
    async with Calls(bucket, credentials, clock) as calls:
        objects = S3Objects(bucket, credentials, calls, clock, public_origin=origin)
        try:
            yield objects, calls
        finally:
            await objects.close()


@contextlib.contextmanager
def _named(bucket: Bucket) -> Iterator[None]:
    """Say in one line which bucket it is that something is wrong with."""
    try:
        yield
    except Unavailable as error:
        said = str(error).removeprefix("object store: ")
        raise StartError(f"--objects s3://{bucket.name}: {said}") from None


def _anyones(ids: IdSource, now: int) -> Attachment:
    """Return an attachment such as clients will have, of a chat that never was."""
    contact_id, attachment_id, name = ids.uuid(), ids.uuid(), "probe.docx"
    return Attachment(
        id=attachment_id,
        contact_id=contact_id,
        participant_id=ids.uuid(),
        name=name,
        content_type="text/plain",
        size=1,
        status=Status.PENDING,
        staging_key=staging_key(
            instance_id=_INSTANCE,
            contact_id=contact_id,
            attachment_id=attachment_id,
            name=name,
            proposed_at=now,
        ),
        final_key=None,
        url_expires_at=now,
    )


def _headers(attachment: Attachment, settings: Settings) -> dict[str, str]:
    return attachment.headers(account=settings.account, instance_id=_INSTANCE)
