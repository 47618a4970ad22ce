"""Every way we know to break a pre-signed request, over real HTTP, with what it gets."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from openparticipant.domain.attachment import Status
from openparticipant.sigv4 import Credentials
from openparticipant.testing.object_plane import LASTING, ObjectPlane
from openparticipant.testing.raw_http import Answer, Wire, fetch
from tests.transport.broken_requests import Break, Request, credential, invited

MINUTE = 60_000
MISMATCH = (403, "SignatureDoesNotMatch")
DENIED = (403, "AccessDenied")
MALFORMED = (400, "AuthorizationQueryParametersError")
NO_LENGTH = (411, "MissingContentLength")
NOT_ALLOWED = (405, "MethodNotAllowed")
UNKNOWN_KEY = (403, "InvalidAccessKeyId")


class Case(NamedTuple):
    """One way to break a request, and its answer's status and code."""

    name: str
    expected: tuple[int, str]
    broken: Break


def on_signature(request: Request, signature: str) -> Request:
    return request.replacing(request.signature(), signature)


HEADERS = [
    Case("another content type", MISMATCH, lambda r: r.having("Content-Type", "text/html")),
    Case("no content type", MISMATCH, lambda r: r.without("Content-Type")),
    Case("an empty content type", MISMATCH, lambda r: r.having("Content-Type", "")),
    Case("two content types", MISMATCH, lambda r: r.also("Content-Type", "text/plain")),
    Case(
        "another file name",
        MISMATCH,
        lambda r: r.having("Content-Disposition", 'attachment; filename="other.txt"'),
    ),
    Case(
        "shown in place",
        MISMATCH,
        lambda r: r.having("Content-Disposition", 'inline; filename="notes.txt"'),
    ),
    Case("no disposition", MISMATCH, lambda r: r.without("Content-Disposition")),
    Case("another acl", MISMATCH, lambda r: r.having("x-amz-acl", "public-read")),
    Case("no acl", MISMATCH, lambda r: r.without("x-amz-acl")),
    Case("no contact", MISMATCH, lambda r: r.without("x-amz-meta-contact_id")),
    Case("another account", MISMATCH, lambda r: r.having("x-amz-meta-account_id", "1")),
    Case("more metadata", DENIED, lambda r: r.also("x-amz-meta-more", "1")),
    Case("a copy source", DENIED, lambda r: r.also("x-amz-copy-source", "/attachments/other")),
    Case("a checksum nobody signed", DENIED, lambda r: r.also("x-amz-checksum-sha256", "AAAA")),
    Case(
        "an authorization beside it",
        (400, "InvalidArgument"),
        lambda r: r.also("Authorization", "Bearer token"),
    ),
]
BODIES = [
    Case("one byte more", MISMATCH, lambda r: r.sending(r.body + b"!")),
    Case("one byte less", MISMATCH, lambda r: r.sending(r.body[:-1])),
    Case("no byte", MISMATCH, lambda r: r.sending(b"")),
    Case("a chunked body", NO_LENGTH, lambda r: r.chunked()),
    Case("no length", NO_LENGTH, lambda r: r.bare()),
    Case(
        "another body than its MD5",
        (400, "BadDigest"),
        lambda r: r.also("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="),
    ),
    Case("no MD5 at all", (400, "InvalidDigest"), lambda r: r.also("Content-MD5", "md5")),
    Case(
        "another body than its signed hash",
        (400, "XAmzContentSHA256Mismatch"),
        lambda r: r.having("x-amz-content-sha256", "0" * 64).signed(),
    ),
]
TARGETS = [
    Case("another key", MISMATCH, lambda r: r.replacing("_UTC.txt", "_UTC.exe")),
    Case("a key up and down", MISMATCH, lambda r: r.replacing("/staging/", "/x/../staging/")),
    Case("a key encoded twice", MISMATCH, lambda r: r.replacing("%3A", "%253A")),
    Case("a slash more", MISMATCH, lambda r: r.replacing("/staging/", "//staging/")),
    Case("a parameter more", MISMATCH, lambda r: r.adding("x-id=PutObject")),
    Case("a subresource", MISMATCH, lambda r: r.adding("acl")),
    Case("no query", DENIED, lambda r: r.replacing(r.url[r.url.index("?") :], "")),
    Case("a path that is no text", (400, "InvalidURI"), lambda r: r.replacing("staging", "%FF")),
    Case(
        "a host of its own",
        MISMATCH,
        lambda r: r.signed(base="http://elsewhere.example"),
    ),
]
CLAIMS = [
    Case("another signature", MISMATCH, lambda r: on_signature(r, "0" * 64)),
    Case("half a signature", MISMATCH, lambda r: on_signature(r, r.signature()[:32])),
    Case("a signature in capitals", MISMATCH, lambda r: on_signature(r, r.signature().upper())),
    Case("an empty signature", MALFORMED, lambda r: on_signature(r, "")),
    Case("no signature", MALFORMED, lambda r: r.dropping("X-Amz-Signature")),
    Case("no expiry", MALFORMED, lambda r: r.dropping("X-Amz-Expires")),
    Case(
        "a longer life",
        MISMATCH,
        lambda r: r.replacing(f"Expires={LASTING}", f"Expires={LASTING + 1}"),
    ),
    Case("no life", MALFORMED, lambda r: r.setting("X-Amz-Expires", "0")),
    Case("a life of more than a week", MALFORMED, lambda r: r.setting("X-Amz-Expires", "604801")),
    Case("a life that is no number", MALFORMED, lambda r: r.setting("X-Amz-Expires", "1e2")),
    Case("two expiries", MALFORMED, lambda r: r.adding("X-Amz-Expires=900")),
    Case("another second", MISMATCH, lambda r: r.replacing("T120000Z", "T120001Z")),
    Case("no date", MALFORMED, lambda r: r.dropping("X-Amz-Date")),
    Case("a date that is none", MALFORMED, lambda r: r.replacing("T120000Z", "T126000Z")),
    Case("a day that does not fit", MALFORMED, lambda r: r.replacing("20260131%2F", "20260130%2F")),
    Case("an expired URL", DENIED, lambda r: r.signed(later=-LASTING * 1000)),
    Case("a URL of the future", DENIED, lambda r: r.signed(later=16 * MINUTE)),
    Case(
        "another secret",
        MISMATCH,
        lambda r: r.signed(credentials=Credentials(r.plane.credentials.access_key_id, "guess")),
    ),
    Case(
        "an unknown key",
        UNKNOWN_KEY,
        lambda r: r.signed(credentials=Credentials("AKIANOBODY", "guess")),
    ),
    Case("a session of its own", UNKNOWN_KEY, lambda r: r.adding("X-Amz-Security-Token=x")),
    Case(
        "another region",
        MALFORMED,
        lambda r: r.setting("X-Amz-Credential", credential(r, region="eu-west-1")),
    ),
    Case(
        "another service",
        MALFORMED,
        lambda r: r.setting("X-Amz-Credential", credential(r, service="connect")),
    ),
    Case("half a credential", MALFORMED, lambda r: r.setting("X-Amz-Credential", "AKIA")),
    Case("another algorithm", MALFORMED, lambda r: r.replacing("HMAC-SHA256", "HMAC-SHA1")),
    Case("an older scheme", (400, "InvalidRequest"), lambda r: r.adding("AWSAccessKeyId=x")),
    Case("no host among the signed", DENIED, lambda r: r.replacing("%3Bhost", "")),
    Case(
        "fewer signed headers",
        DENIED,
        lambda r: r.replacing("%3Bx-amz-meta-account_id", ""),
    ),
]
METHODS = [
    Case("GET with a PUT URL", MISMATCH, lambda r: r.by("GET")),
    Case("HEAD with a PUT URL", MISMATCH, lambda r: r.bare().by("HEAD")),
    Case("HEAD with a GET URL", MISMATCH, lambda r: r.bare().signed(method="GET").by("HEAD")),
    Case("GET with a HEAD URL", MISMATCH, lambda r: r.bare().signed(method="HEAD").by("GET")),
    Case(
        "PUT with a GET URL",
        MISMATCH,
        lambda r: r.bare().signed(method="GET").by("PUT").sending(r.body),
    ),
    Case("POST", NOT_ALLOWED, lambda r: r.by("POST")),
    Case("DELETE", NOT_ALLOWED, lambda r: r.bare().signed(method="DELETE")),
    Case("PATCH", NOT_ALLOWED, lambda r: r.by("PATCH")),
    Case("a GET of what is staged", DENIED, lambda r: r.bare().signed(method="GET")),
    Case(
        "a GET of what is not there",
        DENIED,
        lambda r: r.bare().signed(method="GET", key="connect/none.txt"),
    ),
    Case(
        "a GET out of the store",
        DENIED,
        lambda r: r.bare().signed(method="GET", key="../../../../etc/passwd"),
    ),
    Case(
        "a GET of a directory",
        DENIED,
        lambda r: r.bare().signed(method="GET", key="connect"),
    ),
    Case("a PUT of a key of ours", DENIED, lambda r: r.signed(key="connect/mine.txt")),
    Case("a PUT of a final key", DENIED, lambda r: r.signed(key=r.key.replace("/staging", ""))),
    Case("a PUT out of the store", DENIED, lambda r: r.signed(key="../../outside.txt")),
]
CASES = [*HEADERS, *BODIES, *TARGETS, *CLAIMS, *METHODS]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_a_broken_request_is_refused(case: Case, tmp_path: Path) -> None:
    """It gets S3's status and code in XML that a page may read, and leaves nothing behind."""
    async with ObjectPlane(tmp_path) as plane:
        request = case.broken(await invited(plane))

        answer = await fetch(request.method, request.url, request.headers, request.body)

        status, code = case.expected
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["content-type"] == "application/xml"
        if request.method != "HEAD":
            assert answer.code == code
            assert answer.element("RequestId") == answer.headers["x-amz-request-id"]
        assert [each.code for each in plane.exchanges] == [code]
    assert files(tmp_path) == []


async def test_the_unbroken_request_is_admitted(tmp_path: Path) -> None:
    """What all the others are broken from goes through, so none of them fails for its make."""
    async with ObjectPlane(tmp_path) as plane:
        request = await invited(plane)

        answer = await fetch(request.method, request.url, request.headers, request.body)

        assert answer.status == 200
        assert files(tmp_path) == [request.key]


async def test_the_configured_host_counts(tmp_path: Path) -> None:
    """A proxy that rewrites Host breaks nothing: the signature is checked for the host we gave."""
    async with ObjectPlane(tmp_path) as plane:
        request = (await invited(plane)).also("Host", "proxy.internal:81")

        answer = await fetch(request.method, request.url, request.headers, request.body)

        assert answer.status == 200


async def test_the_changed_headers_are_named(tmp_path: Path) -> None:
    """Of a signature that does not fit, a person learns which invited headers to look at."""
    async with ObjectPlane(tmp_path) as plane:
        request = await invited(plane)
        one = request.having("Content-Type", "text/html")
        two = one.without("x-amz-acl")
        none = request.adding("more=1")

        messages = [
            (await fetch(r.method, r.url, r.headers, r.body)).element("Message")
            for r in (one, two, none)
        ]

    assert messages[0].endswith("The header content-type differs from the one invited.")
    assert messages[1].endswith("The headers content-type and x-amz-acl differ from those invited.")
    assert "differ" not in messages[2]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.APPROVED, "This attachment is already complete."),
        (None, "Nothing is awaited here: the chat has ended or the attachment was given up."),
    ],
)
async def test_what_is_not_awaited_is_refused(
    status: Status | None, reason: str, tmp_path: Path
) -> None:
    """After Complete, or once the chat has ended, a good signature is answered with the reason."""
    async with ObjectPlane(tmp_path) as plane:
        request = await invited(plane)
        [attachment] = plane.rows.values()
        if status is None:
            plane.forget(attachment)
        else:
            plane.change(attachment, status)

        answer = await fetch(request.method, request.url, request.headers, request.body)

        assert (answer.status, answer.code, answer.element("Message")) == (*DENIED, reason)
    assert files(tmp_path) == []


async def test_a_refused_client_is_not_asked_to_go_on(tmp_path: Path) -> None:
    """Who waits with its body for a word of ours gets the refusal instead of `100 Continue`."""
    async with ObjectPlane(tmp_path) as plane:
        good = (await invited(plane)).also("Expect", "100-continue")
        bad = good.having("Content-Type", "text/html")

        refused = await _head_only(bad)
        admitted = await Wire.open(good.url)
        await admitted.head(good.method, good.url, good.headers)
        assert await admitted.status() == 100
        await admitted.send(good.body)
        stored = await admitted.answer()
        await admitted.close()

    assert (refused.status, refused.code) == MISMATCH
    assert stored.status == 200


async def test_a_refusal_reaches_a_client_that_is_still_sending(tmp_path: Path) -> None:
    """A body that nobody wants is still taken off the line, or a reset would eat the answer."""
    async with ObjectPlane(tmp_path) as plane:
        request = (await invited(plane)).sending(bytes(8 << 20))

        answer = await fetch(request.method, request.url, request.headers, request.body)

        assert (answer.status, answer.code) == MISMATCH
        assert [each.received for each in plane.exchanges] == [0]


async def test_expiry_is_judged_at_the_first_byte(tmp_path: Path) -> None:
    """An upload that began in time may take longer than its URL lives."""
    async with ObjectPlane(tmp_path) as plane:
        request = (await invited(plane)).also("Expect", "100-continue")
        wire = await Wire.open(request.url)
        await wire.head(request.method, request.url, request.headers)
        assert await wire.status() == 100
        plane.clock.advance(2 * LASTING * 1000)
        await wire.send(request.body)

        assert (await wire.answer()).status == 200

        late = await fetch(request.method, request.url, request.headers, request.body)
        await wire.close()
        assert (late.status, late.code) == DENIED


@pytest.mark.parametrize("moved", [0.0, 60.0], ids=["cut off", "too slow"])
async def test_half_an_upload_leaves_nothing(moved: float, tmp_path: Path) -> None:
    """A client that leaves in the middle, or is slower than the minimum, leaves no trace."""
    async with ObjectPlane(tmp_path) as plane:
        request = (await invited(plane)).also("Expect", "100-continue")
        wire = await Wire.open(request.url)
        await wire.head(request.method, request.url, request.headers)
        await wire.status()
        await wire.send(request.body[:-1])
        if moved:
            plane.listener.tick(1.0, plane.now())
            plane.listener.tick(1.0 + moved, plane.now())
            plane.listener.tick(1.0 + 2 * moved, plane.now())
        else:
            await wire.close()
        exchange = await plane.ended(1)
        await wire.close()

        assert (exchange.status, exchange.code) == (None, None)
        assert plane.objects.pool.taken == 0
    assert files(tmp_path) == []


async def test_an_attachment_completed_meanwhile_is_not_staged_again(tmp_path: Path) -> None:
    """Bytes that arrive while their attachment is completed are refused and discarded."""
    async with ObjectPlane(tmp_path) as plane:
        request = (await invited(plane)).also("Expect", "100-continue")
        [attachment] = plane.rows.values()
        wire = await Wire.open(request.url)
        await wire.head(request.method, request.url, request.headers)
        await wire.status()
        plane.change(attachment, Status.APPROVED)
        await wire.send(request.body)

        answer = await wire.answer()

        assert (answer.status, answer.code) == DENIED
        await wire.close()
    assert files(tmp_path) == []


async def _head_only(request: Request) -> Answer:
    wire = await Wire.open(request.url)
    await wire.head(request.method, request.url, request.headers)
    answer = await wire.answer()
    await wire.close()
    return answer


def files(root: Path) -> list[str]:
    """Return every file below the root, temporary ones too."""
    return [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
