"""Signatures that AWS published, in both directions.

Inputs and results are those of AWS's Signature Version 4 test suite (2015-08-30) and of the
examples in S3's documentation of the Authorization header (2013-05-24).
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from openparticipant.sigv4 import Credentials, sign, verify

SUITE = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
S3 = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
SUITE_AT = 1_440_938_160_000
S3_AT = 1_369_353_600_000
TOKEN = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"
LONG_TOKEN = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSP"
    "fIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT"
    "7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlz"
    "m8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
)
UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
VANILLA = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
POSTED = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
ONE_PARAMETER = "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"
EXAMPLE = "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"


@dataclass(frozen=True)
class Published:
    """One published request: what was sent beside host, date and token, and its signature."""

    name: str
    method: str
    target: str
    signature: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    token: str | None = None


# A name twice in one request; `sign` takes each name once, so these are checked only.
REPEATED = [
    Published(
        "header-key-duplicate",
        "GET",
        "/",
        "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
        (("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")),
    ),
    Published(
        "header-value-order",
        "GET",
        "/",
        "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
        (
            ("My-Header1", "value4"),
            ("My-Header1", "value1"),
            ("My-Header1", "value3"),
            ("My-Header1", "value2"),
        ),
    ),
]
ONCE = [
    Published("vanilla", "GET", "/", VANILLA),
    Published(
        "header-value-multiline",
        "GET",
        "/",
        "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd",
        (("My-Header1", "value1\n  value2\n     value3"),),
    ),
    Published(
        "header-value-trim",
        "GET",
        "/",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        (("My-Header1", " value1"), ("My-Header2", ' "a   b   c"')),
    ),
    Published(
        "unreserved",
        "GET",
        f"/{UNRESERVED}",
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
    ),
    Published(
        "utf8", "GET", "/ሴ", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"
    ),
    Published(
        "one-query-parameter",
        "GET",
        "/?Param1=value1",
        "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
    ),
    Published(
        "query-order-encoded",
        "GET",
        "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
        "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
    ),
    Published(
        "query-order-key-case",
        "GET",
        "/?Param2=value2&Param1=value1",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    Published(
        "query-order-key",
        "GET",
        "/?Param1=value2&Param1=Value1",
        "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1",
    ),
    Published(
        "query-order-value",
        "GET",
        "/?Param1=value2&Param1=value1",
        "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
    ),
    Published(
        "query-unreserved",
        "GET",
        f"/?{UNRESERVED}={UNRESERVED}",
        "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
    ),
    Published(
        "utf8-query",
        "GET",
        "/?ሴ=bar",
        "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
    ),
    Published(
        "session-token",
        "GET",
        "/",
        "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
        token=TOKEN,
    ),
    Published("relative-relative", "GET", "/example1/example2/../..", VANILLA),
    Published("relative", "GET", "/example/..", VANILLA),
    Published("slash-dot-slash", "GET", "/./", VANILLA),
    Published(
        "slash-pointless-dot",
        "GET",
        "/./example",
        "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
    ),
    Published("slash", "GET", "//", VANILLA),
    Published("slashes", "GET", "//example//", EXAMPLE),
    Published(
        "space",
        "GET",
        "/example space/",
        "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
    ),
    Published(
        "special-character",
        "GET",
        "/example/$delete",
        "a853c9b21b528b19643d00910d35b83a10c366a10833ceefb45edd6c80e40f27",
    ),
    Published("post", "POST", "/", POSTED),
    Published(
        "post-header-key-sort",
        "POST",
        "/",
        "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
        (("My-Header1", "value1"),),
    ),
    Published(
        "post-header-value-case",
        "POST",
        "/",
        "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
        (("My-Header1", "VALUE1"),),
    ),
    Published(
        "post-session-token",
        "POST",
        "/",
        "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
        token=LONG_TOKEN,
    ),
    Published("post-query", "POST", "/?Param1=value1", ONE_PARAMETER),
    Published(
        "post-form-with-charset",
        "POST",
        "/",
        "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe",
        (("Content-Type", "application/x-www-form-urlencoded; charset=utf8"),),
        b"Param1=value1",
    ),
    Published(
        "post-form",
        "POST",
        "/",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        (("Content-Type", "application/x-www-form-urlencoded"),),
        b"Param1=value1",
    ),
]
STORAGE = [
    Published(
        "s3-get-range",
        "GET",
        "/test.txt",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        (("Range", "bytes=0-9"),),
    ),
    Published(
        "s3-put",
        "PUT",
        "/test%24file.text",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        (("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")),
        b"Welcome to Amazon S3.",
    ),
    Published(
        "s3-parameter-without-value",
        "GET",
        "/?lifecycle",
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    ),
    Published(
        "s3-list",
        "GET",
        "/?max-keys=2&prefix=J",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ),
]


def check(
    case: Published, credentials: Credentials, host: str, service: str, at: int
) -> dict[str, str]:
    """Sign a published request and let `verify` have it back; returns the added headers."""
    path, _, query = case.target.partition("?")
    added = sign(
        credentials,
        case.method,
        host,
        path,
        region="us-east-1",
        service=service,
        at=at,
        query=query,
        headers=dict(case.headers),
        body=case.body,
    )
    sent = [("host", host), *case.headers, *added.items()]
    proven = verify(
        method=case.method,
        path=path.encode(),
        query=query.encode(),
        headers=[(name.lower().encode(), value.encode()) for name, value in sent],
        body=case.body,
        lookup=lambda _: credentials,
        region="us-east-1",
        service=service,
        at=at,
    )
    assert proven == credentials.access_key_id
    return added


@pytest.mark.parametrize("case", ONCE, ids=lambda case: case.name)
def test_suite(case: Published) -> None:
    """Each request of AWS's suite is signed as published, and what was signed is admitted."""
    credentials = SUITE._replace(session_token=case.token)
    added = check(case, credentials, "example.amazonaws.com", "service", SUITE_AT)
    assert added["Authorization"].endswith(f"Signature={case.signature}")
    assert added["X-Amz-Date"] == "20150830T123600Z"


@pytest.mark.parametrize("case", STORAGE, ids=lambda case: case.name)
def test_storage(case: Published) -> None:
    """Each request in S3's documentation is signed as published, and is admitted."""
    added = check(case, S3, "examplebucket.s3.amazonaws.com", "s3", S3_AT)
    assert added["Authorization"].endswith(f"Signature={case.signature}")


@pytest.mark.parametrize("case", REPEATED, ids=lambda case: case.name)
def test_repeated_headers(case: Published) -> None:
    """A header that came several times is signed in the order in which it came."""
    authorization = (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders=host;my-header1;x-amz-date, Signature={case.signature}"
    )
    sent = [
        ("host", "example.amazonaws.com"),
        *case.headers,
        ("x-amz-date", "20150830T123600Z"),
        ("authorization", authorization),
    ]
    proven = verify(
        method=case.method,
        path=b"/",
        query=b"",
        headers=[(name.encode(), value.encode()) for name, value in sent],
        body=b"",
        lookup=lambda _: SUITE,
        region="us-east-1",
        service="service",
        at=SUITE_AT,
    )
    assert proven == "AKIDEXAMPLE"
