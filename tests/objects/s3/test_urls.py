"""URLs are those that botocore writes for the same bucket, byte for byte."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openparticipant.errors import Unavailable
from openparticipant.objects.s3.store import LONGEST_URL
from openparticipant.ports import Invitation, Offer
from openparticipant.sigv4 import LONGEST, Credentials
from tests.objects.s3.opening import KEY, opened
from tests.sigv4.botocore_judge import s3_client
from tests.sigv4.test_presign import moment_of

STAGED = "connect/i/Attachments/chat/staging/2026/01/31/c/a_20260131T12:00_UTC.txt"


class Place(NamedTuple):
    """A bucket as we are told of it, and as botocore is."""

    address: str
    name: str
    region: str
    endpoint: str | None
    style: str


PLACES = (
    Place("s3://files/p", "files", "eu-west-1", None, "virtual"),
    Place("s3://files/p?region=us-east-1", "files", "us-east-1", None, "virtual"),
    Place("s3://files/p?region=cn-north-1", "files", "cn-north-1", None, "virtual"),
    Place("s3://files/p?region=us-gov-west-1", "files", "us-gov-west-1", None, "virtual"),
    Place("s3://files/p?style=path", "files", "eu-west-1", None, "path"),
    Place("s3://my.files/p", "my.files", "eu-west-1", None, "path"),
    Place("s3://files/p?endpoint=http://127.0.0.1:1", "files", "eu-west-1", "http://127.0.0.1:1", "path"),
    Place("s3://files/p?endpoint=https://s3.example&style=virtual", "files", "eu-west-1", "https://s3.example", "virtual"),
)  # fmt: skip
TEXTS = st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=30)
TYPES = st.from_regex(r"[a-z]{1,9}/[a-z0-9.+-]{1,20}", fullmatch=True)
# Few: botocore makes a client for each.
TOKENS = st.sampled_from([None, "a/b+c==", "FwoGZXIvYXdzE/+=" * 20])


@settings(max_examples=120, deadline=None)
@given(
    place=st.sampled_from(PLACES),
    token=TOKENS,
    content_type=TYPES,
    size=st.integers(1, 1 << 40),
    name=TEXTS,
    lasting=st.integers(60, LONGEST),
    sealed=st.booleans(),
)
def test_an_invitation_is_botocores(
    place: Place,
    token: str | None,
    content_type: str,
    size: int,
    name: str,
    lasting: int,
    *,
    sealed: bool,
) -> None:
    """For any bucket, file, token and life, both write one URL for the upload."""
    key = KEY._replace(session_token=token)
    judge = _judge(place, key).generate_presigned_url(
        "put_object",
        Params={
            "Bucket": place.name,
            "Key": f"p/{STAGED.replace('/staging/', '/')}".replace("p/", "p/staging/", 1),
            "ContentType": content_type,
            "ContentLength": size,
            "ContentDisposition": name,
            "ACL": "bucket-owner-full-control",
            "Metadata": {"contact_id": name},
            **({"ServerSideEncryption": "AES256"} if sealed else {}),
        },
        ExpiresIn=lasting,
    )
    headers = {
        "Content-Type": content_type,
        "Content-Length": str(size),
        "Content-Disposition": name,
        "x-amz-acl": "bucket-owner-full-control",
        "x-amz-meta-contact_id": name,
    }
    mark = "&" if "?" in place.address else "?"
    address = f"{place.address}{mark}sse=AES256" if sealed else place.address

    async def ours() -> Invitation:
        async with opened(address, key, region="eu-west-1") as objects:
            return await objects.invite(STAGED, headers, at=moment_of(judge), lasting=lasting)

    assert asyncio.run(ours()).url == judge


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(PLACES), token=TOKENS, key=TEXTS, lasting=st.integers(1, 300))
def test_an_offer_is_botocores(place: Place, token: str | None, key: str, lasting: int) -> None:
    """For any bucket, key, token and life, both write one URL for the download."""
    credentials = KEY._replace(session_token=token)
    judge = _judge(place, credentials).generate_presigned_url(
        "get_object", Params={"Bucket": place.name, "Key": f"p/{key}/x"}, ExpiresIn=lasting
    )

    async def ours() -> Offer:
        async with opened(place.address, credentials, region="eu-west-1") as objects:
            return await objects.offer(f"{key}/x", at=moment_of(judge), lasting=lasting)

    assert asyncio.run(ours()).url == judge


async def test_a_url_that_clients_would_cut_is_an_error() -> None:
    """The field has 2,000 characters; a long session token must not be found out by uploads."""
    token = "t" * LONGEST_URL
    async with opened("s3://files", KEY._replace(session_token=token)) as objects:
        with pytest.raises(Unavailable, match="the session token alone has 2000") as refused:
            await objects.invite(STAGED, {}, at=0, lasting=900)

        assert refused.value.untouched
        assert token not in str(refused.value)
        assert objects.trouble == f"{refused.value}, asked to sign a URL"


def _judge(place: Place, key: Credentials) -> Any:
    return s3_client(key, place.endpoint, place.region, place.style)
