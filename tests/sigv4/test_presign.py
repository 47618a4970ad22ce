"""Pre-signed URLs of ours against the published one, botocore's and those of Node's SDK."""

from __future__ import annotations

from calendar import timegm
from time import strptime
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openparticipant.sigv4 import LONGEST, Credentials, host_of, presign, verify_presigned
from tests.sigv4.arrival import AT, BASE, CREDENTIALS, HEADERS, HOST, PATH, REGION, Arrival
from tests.sigv4.botocore_judge import NEVER_SIGNED, query_auth, s3_client

# Printable, as header values have to be.
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
KEYS = TEXTS.map(lambda text: f"connect/{text}.txt")
MOMENTS = st.integers(0, 4_102_444_800_000)  # 1970 to 2100
LIVES = st.integers(1, LONGEST)
WORDS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
METADATA = st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), VALUES, max_size=4)
TOKENS = st.none() | st.from_regex(r"[A-Za-z0-9/+=]{1,60}", fullmatch=True)
PUBLISHED_AT = 1_369_353_600_000  # 2013-05-24


def moment_of(url: str) -> int:
    """Read from a URL when its maker signed it (ms)."""
    stamp = parse_qs(urlsplit(url).query)["X-Amz-Date"][0]
    return timegm(strptime(stamp, "%Y%m%dT%H%M%SZ")) * 1000


def sent(url: str, method: str, headers: dict[str, str]) -> Arrival:
    """Send a request to a URL at the moment it was made."""
    parts = urlsplit(url)
    return Arrival(
        method=method,
        path=parts.path.encode(),
        query=parts.query.encode(),
        headers=tuple((name.lower().encode(), v.encode()) for name, v in headers.items()),
        at=moment_of(url),
    )


def test_published_example() -> None:
    """The pre-signed GET in S3's documentation comes out as published, and is admitted."""
    url = presign(
        CREDENTIALS,
        "GET",
        "https://examplebucket.s3.amazonaws.com",
        "/test.txt",
        region="us-east-1",
        at=PUBLISHED_AT,
        lasting=86400,
    )
    assert url == (
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )
    facts = verify_presigned(
        method="GET",
        path=b"/test.txt",
        query=urlsplit(url).query.encode(),
        headers=[],
        lookup=lambda _: CREDENTIALS,
        host="examplebucket.s3.amazonaws.com",
        region="us-east-1",
        at=PUBLISHED_AT,
    )
    assert facts.expires_at == PUBLISHED_AT + 86_400_000


@settings(max_examples=150, deadline=None)
@given(
    method=st.sampled_from(["PUT", "GET", "HEAD"]),
    key=KEYS,
    headers=st.dictionaries(WORDS, VALUES, max_size=6),
    query=st.dictionaries(WORDS.map(lambda word: f"response-{word}"), TEXTS, max_size=3),
    token=TOKENS,
    region=WORDS,
    at=MOMENTS,
    lasting=LIVES,
)
def test_equals_botocores_signer_at_any_moment(
    *,
    method: str,
    key: str,
    headers: dict[str, str],
    query: dict[str, str],
    token: str | None,
    region: str,
    at: int,
    lasting: int,
) -> None:
    """For any key, headers, parameters, token, region, moment and life both write one URL."""
    headers = {n: v for n, v in headers.items() if n not in NEVER_SIGNED | {"host"}}
    credentials = CREDENTIALS._replace(session_token=token)
    path = f"/attachments/{key}"
    ours = presign(
        credentials,
        method,
        BASE,
        path,
        region=region,
        at=at,
        lasting=lasting,
        headers=headers,
        query=list(query.items()),
    )
    assert ours == query_auth(
        credentials,
        method,
        BASE + quote(path, safe="/~"),
        region=region,
        at=at,
        lasting=lasting,
        headers=headers,
        query=query,
    )


@settings(max_examples=60, deadline=None)
@given(
    key=KEYS,
    content_type=VALUES.filter(str.strip),
    length=st.integers(1, 10**12),
    disposition=VALUES.filter(str.strip),
    metadata=METADATA,
    lasting=LIVES,
)
def test_equals_botocores_url_for_put_object(
    *,
    key: str,
    content_type: str,
    length: int,
    disposition: str,
    metadata: dict[str, str],
    lasting: int,
) -> None:
    """An upload URL is the one botocore's S3 client makes, and its request is admitted."""
    judge = s3_client(CREDENTIALS, BASE, REGION).generate_presigned_url(
        "put_object",
        Params={
            "Bucket": "attachments",
            "Key": key,
            "ContentType": content_type,
            "ContentLength": length,
            "ContentDisposition": disposition,
            "ACL": "bucket-owner-full-control",
            "Metadata": metadata,
        },
        ExpiresIn=lasting,
    )
    headers = {
        "Content-Type": content_type,
        "Content-Length": str(length),
        "Content-Disposition": disposition,
        "x-amz-acl": "bucket-owner-full-control",
        **{f"x-amz-meta-{name}": value for name, value in metadata.items()},
    }
    ours = presign(
        CREDENTIALS,
        "PUT",
        BASE,
        f"/attachments/{key}",
        region=REGION,
        at=moment_of(judge),
        lasting=lasting,
        headers=headers,
    )
    assert ours == judge
    assert sent(judge, "PUT", headers).check().path == f"/attachments/{key}"


@settings(max_examples=40, deadline=None)
@given(
    key=KEYS, operation=st.sampled_from(["get_object", "head_object"]), lasting=LIVES, token=TOKENS
)
def test_equals_botocores_url_for_a_download(
    key: str, operation: str, lasting: int, token: str | None
) -> None:
    """A download URL, with an override of the file's name, is the one botocore's client makes."""
    credentials = CREDENTIALS._replace(session_token=token)
    disposition = 'attachment; filename="a b+c.txt"'
    judge = s3_client(credentials, BASE, REGION).generate_presigned_url(
        operation,
        Params={
            "Bucket": "attachments",
            "Key": key,
            "ResponseContentDisposition": disposition,
        },
        ExpiresIn=lasting,
    )
    method = "GET" if operation == "get_object" else "HEAD"
    ours = presign(
        credentials,
        method,
        BASE,
        f"/attachments/{key}",
        region=REGION,
        at=moment_of(judge),
        lasting=lasting,
        query=[("response-content-disposition", disposition)],
    )
    assert ours == judge
    assert sent(judge, method, {}).check(credentials).path == f"/attachments/{key}"


NODES_BASE = f"http://{HOST}{PATH.replace(':', '%3A')}?"
NODES_START = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD"
    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260131%2Fus-east-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20260131T101530Z&X-Amz-Expires=900"
)
# Written by @aws-sdk/s3-request-presigner 3.x on Node 20 for this key pair, key and moment.
NODES = [
    pytest.param(
        "PUT",
        "&X-Amz-Signature=9e40002dd424c6ce0558c2f9f1cbd5fdc79a4a4b39951b79620c2d1d78a921e0"
        "&X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost&x-id=PutObject",
        {"Content-Length": "11", "Content-Type": "text/plain"},
        None,
        id="length-and-type-signed",
    ),
    pytest.param(
        "PUT",
        "&X-Amz-Signature=e9bd94cc0f0470f91c0269167b80fee8b4c1dcbf4a64030d1d3469da3eb578c9"
        "&X-Amz-SignedHeaders=host&x-amz-meta-contact_id=abc&x-id=PutObject",
        {"Content-Length": "11", "Content-Type": "text/plain"},
        None,
        id="metadata-in-the-query",
    ),
    pytest.param(
        "PUT",
        "&X-Amz-Signature=178b495b7f95a637d11379522509fbab6798ebf6491fb92b9e9c595b9e74c177"
        "&X-Amz-SignedHeaders=host%3Bx-amz-meta-contact_id&x-id=PutObject",
        {"x-amz-meta-contact_id": "abc"},
        None,
        id="metadata-in-a-header",
    ),
    pytest.param(
        "GET",
        "&X-Amz-Security-Token=IQoJ%2Fb3J%2BpZ2lu%3D"
        "&X-Amz-Signature=2eeadb890e86485dfed619683cae1c9e13f22b5f14d977fb4e9ffb1c9c924f1b"
        "&X-Amz-SignedHeaders=host"
        "&response-content-disposition=attachment%3B%20filename%3D%22a%20b%2Bc.txt%22"
        "&x-amz-checksum-mode=ENABLED&x-id=GetObject",
        {},
        "IQoJ/b3J+pZ2lu=",
        id="download-with-token",
    ),
]


@pytest.mark.parametrize(("method", "rest", "headers", "token"), NODES)
def test_urls_of_nodes_sdk(
    method: str, rest: str, headers: dict[str, str], token: str | None
) -> None:
    """URLs in the order of Node's SDK, with its own parameters, are admitted."""
    url = f"{NODES_BASE}{NODES_START}{rest}"
    facts = sent(url, method, headers).check(CREDENTIALS._replace(session_token=token))
    assert facts.path == PATH
    assert facts.payload_sha256 is None


def test_header_names_in_any_spelling() -> None:
    """How a caller spells and orders header names changes nothing."""

    def url(headers: dict[str, str]) -> str:
        return presign(
            CREDENTIALS, "PUT", BASE, PATH, region=REGION, at=AT, lasting=900, headers=headers
        )

    spelled = {"Content-Type": " text/plain ", "CONTENT-LENGTH": "11"}
    assert url(spelled) == url(HEADERS)


def test_hash_of_the_body_as_a_signed_header() -> None:
    """A signed x-amz-content-sha256 header binds the body, and the verifier says so."""
    headers = {"x-amz-content-sha256": "0" * 64}
    url = presign(
        CREDENTIALS, "PUT", BASE, PATH, region=REGION, at=AT, lasting=900, headers=headers
    )
    assert sent(url, "PUT", headers).check().payload_sha256 == "0" * 64


@pytest.mark.parametrize("lasting", [0, -1, LONGEST + 1])
def test_life_that_s3_does_not_grant(lasting: int) -> None:
    """We do not hand out URLs that no store would admit."""
    with pytest.raises(ValueError, match="lasts"):
        presign(CREDENTIALS, "GET", BASE, PATH, region=REGION, at=AT, lasting=lasting)


@pytest.mark.parametrize("headers", [{"a": "1", "A": "2"}, {"Host": "x"}, {"host": "x"}])
def test_headers_that_cannot_be_signed(headers: dict[str, str]) -> None:
    """A header named twice has no one value, and the host is ours to name."""
    with pytest.raises(ValueError, match="header"):
        presign(CREDENTIALS, "GET", BASE, PATH, region=REGION, at=AT, lasting=1, headers=headers)


@pytest.mark.parametrize(
    ("base", "host"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("https://Files.Example:443", "files.example"),
        ("http://files.example:80", "files.example"),
        ("https://files.example:80", "files.example:80"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("https://[2001:db8::1]", "[2001:db8::1]"),
    ],
)
def test_host_as_clients_send_it(base: str, host: str) -> None:
    """The signed host is the one that every client derives from the URL."""
    assert host_of(base) == host
    url = presign(CREDENTIALS, "GET", base, "/k", region=REGION, at=AT, lasting=1)
    assert url == query_auth(
        CREDENTIALS,
        "GET",
        f"{base}/k",
        region=REGION,
        at=AT,
        lasting=1,
        headers={},
        query={},
    )


@pytest.mark.parametrize(
    "base",
    ["127.0.0.1:8080", "ftp://h", "http://", "http://h/", "http://h?x", "http://u@h", "http://h:x"],
)
def test_base_that_is_no_origin(base: str) -> None:
    """A base with more or less than a host and a port would give URLs that nobody can use."""
    with pytest.raises(ValueError, match=r"."):
        host_of(base)


def test_secrets_stay_out_of_sight() -> None:
    """Credentials may be logged by accident without giving anything away."""
    text = repr(Credentials("AKIA", "top-secret", "token-secret"))
    assert "AKIA" in text
    assert "secret" not in text.replace("secret_access_key", "")
