"""A bucket that a node can stand on: reached, examined, and called with credentials of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openparticipant.data_dir import PROFILE_CREDENTIALS
from openparticipant.domain.attachment import Attachment, Status, staging_key
from openparticipant.errors import Unavailable
from openparticipant.objects.s3.bucket import Bucket, BucketError, read_bucket
from openparticipant.objects.s3.chain import Chain
from openparticipant.objects.s3.held_credentials import HeldCredentials
from openparticipant.objects.s3.store import S3Objects
from openparticipant.ports import Clock
from openparticipant.settings import Settings
from openparticipant.transport.start import StartError

_UUID = "00000000-0000-4000-8000-000000000000"


def bucket_of(settings: Settings) -> Bucket:
    """Return the bucket that the settings name. Raises StartError."""
    try:
        return read_bucket(settings.objects, region=settings.region)
    except BucketError as error:
        raise StartError(f"--objects: {error}") from None


@asynccontextmanager
async def opened(settings: Settings, clock: Clock) -> AsyncIterator[S3Objects]:
    """Open a bucket that answers and whose URLs clients can take. Raises StartError."""
    bucket = bucket_of(settings)
    own_profile = (settings.data_dir / PROFILE_CREDENTIALS).parent
    credentials = HeldCredentials(Chain(own_profile, bucket.region).find, clock)
    objects = S3Objects(
        bucket, credentials, clock, public_origin=settings.objects_url or bucket.origin
    )
    try:
        await _examine(objects, bucket, settings, clock.now())
        yield objects
    finally:
        await objects.close()


async def _examine(objects: S3Objects, bucket: Bucket, settings: Settings, now: int) -> None:
    try:
        await _invite_anyone(objects, settings, now)
        await objects.reach()
    except Unavailable as error:
        said = str(error).removeprefix("object store: ")
        raise StartError(f"--objects s3://{bucket.name}: {said}") from None


async def _invite_anyone(objects: S3Objects, settings: Settings, now: int) -> None:
    """Make a URL such as clients will get; what it is for does not come."""
    attachment = Attachment(
        id=_UUID,
        contact_id=_UUID,
        participant_id=_UUID,
        name="a.docx",
        content_type="text/plain",
        size=1,
        status=Status.PENDING,
        staging_key=staging_key(
            instance_id=_UUID,
            contact_id=_UUID,
            attachment_id=_UUID,
            name="a.docx",
            proposed_at=now,
        ),
        final_key=None,
        url_expires_at=now,
    )
    await objects.invite(
        attachment.staging_key,
        attachment.headers(account=settings.account, instance_id=_UUID),
        at=now,
        lasting=settings.upload_url_lifetime // 1000,
    )
