"""The address of a bucket: what it may say, and what each mistake gets."""

from __future__ import annotations

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openparticipant.domain.attachment import Attachment, Status, staging_key
from openparticipant.objects.s3.bucket import BucketError, read_bucket
from openparticipant.objects.s3.partitions import regional_endpoint

STAGED = "connect/i/Attachments/chat/staging/2026/01/31/c/a_20260131T12:00_UTC.txt"
KEPT = "connect/i/Attachments/chat/2026/01/31/c/a_attempt_20260131T12:00_UTC.txt"
INNER = "endpoint=http://127.0.0.1:8333"


@pytest.mark.parametrize(
    ("address", "origin", "root"),
    [
        ("s3://files", "https://files.s3.eu-west-1.amazonaws.com", "/"),
        ("s3://files?region=cn-north-1", "https://files.s3.cn-north-1.amazonaws.com.cn", "/"),
        ("s3://files?style=path", "https://s3.eu-west-1.amazonaws.com", "/files/"),
        # One certificate holds for one label.
        ("s3://my.files", "https://s3.eu-west-1.amazonaws.com", "/my.files/"),
        ("s3://Files", "https://s3.eu-west-1.amazonaws.com", "/Files/"),
        (f"s3://files?{INNER}", "http://127.0.0.1:8333", "/files/"),
        (f"s3://files?{INNER}/&style=virtual", "http://files.127.0.0.1:8333", "/"),
        ("s3://files?endpoint=https%3A%2F%2Fs3.example", "https://s3.example", "/files/"),
    ],
)
def test_where_a_bucket_is_called(address: str, origin: str, root: str) -> None:
    """At AWS in the host, as AWS wants it; elsewhere in the path, as everything else takes it."""
    bucket = read_bucket(address, region="eu-west-1")

    assert (bucket.origin, bucket.root) == (origin, root)


@pytest.mark.parametrize(
    ("address", "staged"),
    [
        ("s3://bucket", "staging/connect/i/Attachments/chat/2026/01/31/c/a_20260131T12:00_UTC.txt"),
        (
            "s3://bucket/x/y/",
            "x/y/staging/connect/i/Attachments/chat/2026/01/31/c/a_20260131T12:00_UTC.txt",
        ),
    ],
)
def test_all_that_is_staged_has_one_beginning(address: str, staged: str) -> None:
    """A lifecycle rule can name a beginning only, and what is kept must not have it."""
    bucket = read_bucket(address, region="eu-west-1")

    assert bucket.key(STAGED) == staged
    assert bucket.key(STAGED).startswith(bucket.staging_prefix)
    assert bucket.key(KEPT) == bucket.prefix + KEPT
    assert not bucket.key(KEPT).startswith(bucket.staging_prefix)


@given(
    prefix=st.sampled_from(["", "/x", "/staging", "/connect", "/x/staging/y"]),
    instance=st.from_regex(r"[a-z0-9-]{1,12}|staging", fullmatch=True),
    tail=st.from_regex(r"([a-z0-9_.]{1,5}/){1,5}[a-z0-9_.]{1,5}", fullmatch=True),
    is_staged=st.booleans(),
)
def test_every_key_of_ours_is_known_again(
    prefix: str, instance: str, tail: str, *, is_staged: bool
) -> None:
    """What a bucket lists is compared with rows, which have our keys."""
    bucket = read_bucket(f"s3://files{prefix}", region="eu-west-1")
    key = f"connect/{instance}/Attachments/chat/{'staging/' if is_staged else ''}{tail}"

    name = bucket.key(key)

    assert bucket.our_key(name) == key
    assert sum(name.startswith(beginning) for beginning in bucket.beginnings) == 1


def test_an_instance_may_be_called_staging() -> None:
    """Its files are kept where no rule of the bucket ends them."""
    staged = staging_key(
        instance_id="staging", contact_id="c", attachment_id="a", name="a.txt", proposed_at=0
    )
    attachment = Attachment(
        "a", "c", "p", "a.txt", "text/plain", 1, Status.PENDING, staged, None, url_expires_at=0
    )
    bucket = read_bucket("s3://files", region="eu-west-1")

    kept = bucket.key(attachment.final_key_of("attempt"))

    assert bucket.key(staged).startswith(bucket.staging_prefix)
    assert kept == "connect/staging/Attachments/chat/1970/01/01/c/a_attempt_19700101T00:00_UTC.txt"


def test_headers_of_settings_are_those_of_every_upload() -> None:
    """They replace ours of the same name, in the spelling that clients let through."""
    asked = {"Content-Type": "a/b", "x-amz-acl": "bucket-owner-full-control"}

    def headers(query: str) -> dict[str, str]:
        return read_bucket(f"s3://bucket?{query}", region="eu-west-1").headers(asked)

    assert headers("") == asked
    assert headers("acl=private") == {**asked, "x-amz-acl": "private"}
    assert headers("acl=none") == {"Content-Type": "a/b"}
    assert headers("sse=AES256") == {**asked, "x-amz-server-side-encryption": "AES256"}
    assert headers("sse=aws:kms&sse-kms-key-id=alias/k") == {
        **asked,
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": "alias/k",
    }


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("s3://", "needs the name of a bucket"),
        ("s3:///prefix", "needs the name of a bucket"),
        ("s3://b!d", "needs the name of a bucket"),
        ("s3://KEY:SECRET@bucket", "credentials do not belong"),
        ("s3://[bucket", "cannot be read"),
        ("s3://bucket/a//b", "the prefix"),
        ("s3://bucket/../b", "the prefix"),
        (f"s3://bucket/{'a' * 201}", "the prefix"),
        ("s3://bucket#x", "the prefix"),
        ("s3://bucket?regoin=x", "no parameter 'regoin'"),
        ("s3://bucket?region=a&region=b", "given twice"),
        ("s3://bucket?region=EU", "region must"),
        ("s3://bucket?region", "cannot be read"),
        ("s3://bucket?endpoint=", "endpoint must be an origin"),
        ("s3://bucket?endpoint=ftp://x", "endpoint must be an origin"),
        ("s3://bucket?endpoint=http://x/s3", "endpoint must be an origin"),
        ("s3://bucket?endpoint=http://u:p@x", "endpoint must be an origin"),
        ("s3://bucket?style=host", "style must be"),
        ("s3://bucket?acl=public-read", "acl must be"),
        ("s3://bucket?sse=AES", "sse must be"),
        ("s3://bucket?sse-kms-key-id=k", "needs sse=aws:kms"),
        ("s3://bucket?sse=AES256&sse-kms-key-id=k", "needs sse=aws:kms"),
        ("s3://bucket?sse=aws:kms&sse-kms-key-id=k%0Ax", "must be a key"),
    ],
)
def test_a_wrong_address_is_one_line(address: str, said: str) -> None:
    """What nobody would notice is an error, and no line repeats a secret."""
    with pytest.raises(BucketError, match=said) as wrong:
        read_bucket(address, region="eu-west-1")

    assert "\n" not in str(wrong.value)
    assert "SECRET" not in str(wrong.value)


def test_regions_are_reached_where_botocore_reaches_them() -> None:
    """In every partition, also those that few have seen."""
    session = botocore.session.Session()
    resolver = session._get_internal_component("endpoint_resolver")
    regions = [
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("s3", partition, allow_non_regional=False)
    ]

    assert len(regions) > 30
    for region in regions:
        if region == "us-east-1":
            continue  # botocore's table has the global name there, which redirects
        host = resolver.construct_endpoint("s3", region)["hostname"]
        assert regional_endpoint(region) == f"https://{host}", region
