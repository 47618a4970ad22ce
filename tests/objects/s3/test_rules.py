"""The bucket's lists of rules: ours among those of others."""

from __future__ import annotations

import pytest

from openparticipant.errors import Unavailable
from openparticipant.objects.s3.bucket import read_bucket
from openparticipant.objects.s3.rules import cors_rule, lifecycle_rule, merged

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
BUCKET = read_bucket("s3://files/chats", region="us-east-1")
OTHERS = (
    "<Rule><ID>theirs</ID><Filter><And><Prefix>logs/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag>"
    "</And></Filter><Status>Disabled</Status><Transition><Days>30</Days>"
    "<StorageClass>GLACIER</StorageClass></Transition></Rule>"
)


@pytest.mark.parametrize("attribute", ["", f' xmlns="{NAMESPACE}"'])
def test_rules_of_others_stay(attribute: str) -> None:
    """Whatever they say, also what we know nothing of, and however the store writes them."""
    before = f"<LifecycleConfiguration{attribute}>{OTHERS}</LifecycleConfiguration>".encode()

    after = merged(before, lifecycle_rule(BUCKET), root="LifecycleConfiguration").decode()

    packed = "".join(line.strip() for line in after.splitlines())
    assert OTHERS in packed
    assert packed.count("<Rule>") == 2
    assert f'<LifecycleConfiguration xmlns="{NAMESPACE}">' in packed
    assert "<Prefix>chats/staging/</Prefix>" in packed


def test_ours_is_written_once() -> None:
    """A second set-up changes what has changed; other prefixes have rules of their own."""
    root = "CORSConfiguration"
    once = merged(b"", cors_rule(BUCKET, ["*"], ["Content-Type"]), root=root)
    again = merged(once, cors_rule(BUCKET, ["https://a.example"], ["Content-Type"]), root=root)
    other = read_bucket("s3://files/more", region="us-east-1")
    both = merged(again, cors_rule(other, ["*"], []), root=root)

    assert again == merged(
        again, cors_rule(BUCKET, ["https://a.example"], ["Content-Type"]), root=root
    )
    assert b"<AllowedOrigin>*<" in once
    assert b"<AllowedOrigin>*<" not in again
    assert both.count(b"<CORSRule>") == 2


def test_pages_may_send_what_is_signed() -> None:
    """And nothing else; the length is the browser's own."""
    asked = {"Content-Type": "", "Content-Length": "", "x-amz-acl": "", "X-Amz-Meta-A": ""}
    rule = cors_rule(BUCKET, ["https://a.example", "https://b.example"], asked)

    def texts(name: str) -> list[str | None]:
        return [each.text for each in rule.iter(name)]

    assert texts("AllowedHeader") == ["content-type", "x-amz-acl", "x-amz-meta-a"]
    assert texts("AllowedMethod") == ["GET", "HEAD", "PUT"]
    assert texts("AllowedOrigin") == ["https://a.example", "https://b.example"]


@pytest.mark.parametrize("document", [b"<html>", b"<html></html>", b"no XML", b"\xff"])
def test_what_is_no_list_is_never_written_over(document: bytes) -> None:
    """Whatever answered was not S3, or said something that we do not understand."""
    with pytest.raises(Unavailable):
        merged(document, lifecycle_rule(BUCKET), root="LifecycleConfiguration")
