"""How long one upload URL takes: ours against botocore's signer and botocore's client.

Method: the three ways write the same URL (asserted) in turns, round after round on one core, so
that whatever else the machine does falls on all of them alike. Each round times a batch and notes
microseconds per URL; medians over the rounds and their ratio to ours are printed. CPU time of this
process, not wall time. Run: `python bench/presign.py [rounds]`.
"""

from __future__ import annotations

import sys
import time
from calendar import timegm
from collections.abc import Callable
from statistics import median
from urllib.parse import parse_qs, quote, urlsplit

import boto3
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as TheirCredentials

from openparticipant.sigv4 import Credentials, presign

KEY_PAIR = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
BASE = "http://127.0.0.1:8080"
ID = "0f7c6a30-1111-4222-8333-444455556666"
KEY = f"connect/demo/Attachments/chat/2026/01/31/{ID}_20260131T10:15_UTC.txt"
METADATA = {
    "contact_id": ID,
    "initial_contact_id": ID,
    "account_id": "123456789012",
    "organization_id": ID,
}
HEADERS = {
    "Content-Type": "text/plain",
    "Content-Length": "14",
    "Content-Disposition": 'attachment; filename="notes.txt"',
    "x-amz-acl": "bucket-owner-full-control",
    **{f"x-amz-meta-{name}": value for name, value in METADATA.items()},
}
LASTING = 900


def ours(at: int) -> str:
    """Write the URL as the server does."""
    return presign(
        Credentials(*KEY_PAIR),
        "PUT",
        BASE,
        f"/attachments/{KEY}",
        region="us-east-1",
        at=at,
        lasting=LASTING,
        headers=HEADERS,
    )


def signer() -> str:
    """Write the URL with botocore's signer alone."""
    request = AWSRequest("PUT", f"{BASE}/attachments/{quote(KEY)}", headers=HEADERS)
    S3SigV4QueryAuth(TheirCredentials(*KEY_PAIR), "s3", "us-east-1", expires=LASTING).add_auth(
        request
    )
    return str(request.url)


def client() -> Callable[[], str]:
    """Return a call of botocore's S3 client that writes the URL."""
    s3 = boto3.session.Session().client(
        "s3",
        endpoint_url=BASE,
        region_name="us-east-1",
        aws_access_key_id=KEY_PAIR[0],
        aws_secret_access_key=KEY_PAIR[1],
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
        ),
    )
    params = {
        "Bucket": "attachments",
        "Key": KEY,
        "ContentType": HEADERS["Content-Type"],
        "ContentLength": int(HEADERS["Content-Length"]),
        "ContentDisposition": HEADERS["Content-Disposition"],
        "ACL": HEADERS["x-amz-acl"],
        "Metadata": METADATA,
    }
    return lambda: str(s3.generate_presigned_url("put_object", Params=params, ExpiresIn=LASTING))


def moment_of(url: str) -> int:
    """Read from a URL when it was signed (ms)."""
    stamp = parse_qs(urlsplit(url).query)["X-Amz-Date"][0]
    return timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ")) * 1000


def per_url(write: Callable[[], str], count: int) -> float:
    """Return the microseconds of CPU that one URL took in a batch."""
    start = time.process_time_ns()
    for _ in range(count):
        write()
    return (time.process_time_ns() - start) / count / 1000


def main() -> None:
    """Check that all three agree, time them in turns and print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    at = moment_of(signer())
    ways: dict[str, tuple[Callable[[], str], int]] = {
        "openparticipant presign": (lambda: ours(at), 10_000),
        "botocore S3SigV4QueryAuth": (signer, 500),
        "botocore generate_presigned_url": (client(), 200),
    }
    for write in (signer, ways["botocore generate_presigned_url"][0]):
        url = write()
        assert url == ours(moment_of(url)), "the ways do not write the same URL"
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (write, count) in ways.items():
            times[name].append(per_url(write, count))
    base = median(times["openparticipant presign"])
    print(f"{rounds} interleaved rounds, CPU time, 9 signed headers, {len(ours(at))} characters")
    for name, seen in times.items():
        middle = median(seen)
        print(f"{name:32} {middle:8.1f} us/URL {middle / base:7.1f} x  (best {min(seen):.1f})")


if __name__ == "__main__":
    main()
