"""What holds for every request: the untouched one is admitted, any other is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from openparticipant.sigv4 import Credentials, Presigned, Refused, presign, sign, verify
from openparticipant.sigv4 import verify_presigned as check_presigned

TOKEN = "tok/en+"
CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", TOKEN)
BASE = "https://files.example:8443"
HOST = "files.example:8443"
REGION = "eu-central-1"
SKEW = 900_000
AT = 1_769_854_530_000

NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,12}", fullmatch=True)
# White space is folded on purpose, so a change may not be one of white space alone.
VALUES = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=["Z", "C"])
)
HEADERS = st.dictionaries(NAMES.filter(lambda n: n not in {"host", "authorization"}), VALUES)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PAIRS = st.lists(st.tuples(NAMES, TEXTS), max_size=4)
MOMENTS = st.integers(0, 4_102_444_800_000)


@dataclass(frozen=True)
class Sent:
    """A request as it goes over the wire."""

    method: str
    path: bytes
    query: bytes
    headers: dict[str, str]
    body: bytes
    at: int


Verifier = Callable[[Sent], object]


def at_the_url(sent: Sent) -> Presigned:
    """Verify as the store does."""
    return check_presigned(
        method=sent.method,
        path=sent.path,
        query=sent.query,
        headers=[(name.encode(), value.encode()) for name, value in sent.headers.items()],
        lookup=lambda key: CREDENTIALS if key == CREDENTIALS.access_key_id else None,
        host=HOST,
        region=REGION,
        at=sent.at,
    )


def at_the_control_plane(sent: Sent) -> str:
    """Verify as the control plane does."""
    headers = {"host": HOST, **sent.headers}
    return verify(
        method=sent.method,
        path=sent.path,
        query=sent.query,
        headers=[(name.lower().encode(), value.encode()) for name, value in headers.items()],
        body=sent.body,
        lookup=lambda key: CREDENTIALS if key == CREDENTIALS.access_key_id else None,
        region=REGION,
        service="connect",
        at=sent.at,
    )


@st.composite
def presigned(draw: st.DrawFn) -> tuple[Sent, int]:
    """Draw a request to a pre-signed URL, and the life (s) of that URL."""
    method = draw(st.sampled_from(["PUT", "GET", "HEAD"]))
    at, lasting = draw(MOMENTS), draw(st.integers(1, 604_800))
    headers = draw(HEADERS)
    url = presign(
        CREDENTIALS,
        method,
        BASE,
        f"/{draw(TEXTS)}",
        region=REGION,
        at=at,
        lasting=lasting,
        headers=headers,
        query=draw(PAIRS),
    )
    parts = urlsplit(url)
    return Sent(
        method, parts.path.encode(), parts.query.encode(), headers, b"", at // 1000 * 1000
    ), lasting


@st.composite
def signed(draw: st.DrawFn) -> Sent:
    """Draw a request with an Authorization header, its path and query already encoded."""
    method = draw(st.sampled_from(["PUT", "GET", "POST"]))
    path = "/" + "/".join(draw(st.lists(NAMES, max_size=4)))
    query = "&".join(f"{n}={v}" for n, v in draw(st.lists(st.tuples(NAMES, NAMES), max_size=3)))
    headers, body, at = draw(HEADERS), draw(st.binary(max_size=50)), draw(MOMENTS)
    added = sign(
        CREDENTIALS,
        method,
        HOST,
        path,
        region=REGION,
        service="connect",
        at=at,
        query=query,
        headers=headers,
        body=body,
    )
    every = {**headers, **added}
    return Sent(method, path.encode(), query.encode(), every, body, at // 1000 * 1000)


def must_refuse(verifier: Verifier, sent: Sent) -> Refused:
    """Return the refusal."""
    with pytest.raises(Refused) as caught:
        verifier(sent)
    return caught.value


@settings(deadline=None)
@given(presigned(), st.data())
def test_untouched_url_is_admitted_during_its_whole_life(
    drawn: tuple[Sent, int], data: st.DataObject
) -> None:
    """What was signed is admitted at every moment from the skew before it to its end."""
    sent, lasting = drawn
    at = sent.at + data.draw(st.integers(-SKEW, lasting * 1000 - 1))
    facts = at_the_url(replace(sent, at=at))
    assert (facts.issued_at, facts.expires_at) == (sent.at, sent.at + lasting * 1000)
    assert facts.signed_headers == tuple(sorted({*sent.headers, "host"}))


@settings(deadline=None)
@given(presigned(), st.data())
def test_url_is_refused_outside_its_life(drawn: tuple[Sent, int], data: st.DataObject) -> None:
    """No moment beyond the span is admitted."""
    sent, lasting = drawn
    end = lasting * 1000
    off = data.draw(
        st.integers(end, end + 10**15) | st.integers(max_value=-SKEW - 1, min_value=-(10**15))
    )
    assert must_refuse(at_the_url, replace(sent, at=sent.at + off)).code == "AccessDenied"


@settings(deadline=None)
@given(signed(), st.data())
def test_untouched_request_is_admitted_within_the_skew(sent: Sent, data: st.DataObject) -> None:
    """What was signed is admitted for 15 minutes to either side, and at no other moment."""
    near = data.draw(st.integers(-SKEW, SKEW))
    assert at_the_control_plane(replace(sent, at=sent.at + near)) == CREDENTIALS.access_key_id
    far = data.draw(st.integers(SKEW + 1, 10**15)) * data.draw(st.sampled_from([1, -1]))
    # The clock that judges is ours and stands somewhere in the calendar.
    assume(0 <= sent.at + far < 253_402_300_000_000)
    refusal = must_refuse(at_the_control_plane, replace(sent, at=sent.at + far))
    assert refusal.code == "InvalidSignatureException"


def changed(data: st.DataObject, sent: Sent) -> Sent:
    """Change one thing that was signed."""
    part = data.draw(st.sampled_from(["method", "path", "query", "value", "left out"]))
    if part == "method":
        return replace(sent, method=data.draw(NAMES.map(str.upper)) + "X")
    if part == "path":
        more = data.draw(NAMES).encode()
        path = data.draw(st.sampled_from([sent.path + more, b"/" + more]))
        assume(path != sent.path)
        return replace(sent, path=path)
    if part == "query":
        name, value = data.draw(NAMES), data.draw(NAMES)
        joint = "&" if sent.query else ""
        return replace(sent, query=sent.query + f"{joint}{name}={value}".encode())
    names = [name for name in sent.headers if name != "Authorization"]
    assume(names)
    name = data.draw(st.sampled_from(names))
    if part == "value":
        value = data.draw(VALUES)
        assume(value != sent.headers[name])
        return replace(sent, headers={**sent.headers, name: value})
    return replace(sent, headers={n: v for n, v in sent.headers.items() if n != name})


@settings(deadline=None, max_examples=150)
@given(presigned(), st.data())
def test_url_is_refused_after_any_change(drawn: tuple[Sent, int], data: st.DataObject) -> None:
    """Another method, path, query or signed header is not what the URL admits."""
    must_refuse(at_the_url, changed(data, drawn[0]))


@settings(deadline=None, max_examples=150)
@given(signed(), st.data())
def test_request_is_refused_after_any_change(sent: Sent, data: st.DataObject) -> None:
    """Another method, path, query or signed header is not what was signed."""
    must_refuse(at_the_control_plane, changed(data, sent))


@settings(deadline=None)
@given(signed(), st.binary(max_size=50))
def test_request_is_refused_with_another_body(sent: Sent, body: bytes) -> None:
    """The body is part of what was signed."""
    assume(body != sent.body)
    must_refuse(at_the_control_plane, replace(sent, body=body))


@settings(deadline=None, max_examples=150)
@given(presigned(), st.data())
def test_url_is_refused_after_any_change_of_one_byte(
    drawn: tuple[Sent, int], data: st.DataObject
) -> None:
    """No byte of the query can be exchanged, but for a spelling of the same parameters."""
    sent, _ = drawn
    place = data.draw(st.integers(0, len(sent.query) - 1))
    byte = data.draw(st.sampled_from(b"0aZ~-%&=;+/\x00\xff"))
    query = sent.query[:place] + bytes((byte,)) + sent.query[place + 1 :]
    # Hexadecimal digits of an escape may be lower-case.
    assume(query.upper() != sent.query.upper())
    must_refuse(at_the_url, replace(sent, query=query))


WILD = st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=40)), max_size=5)


@settings(deadline=None, max_examples=150)
@given(presigned(), WILD, st.binary(), st.binary(), st.booleans())
def test_arbitrary_bytes_meet_no_other_exception(
    drawn: tuple[Sent, int],
    headers: list[tuple[bytes, bytes]],
    path: bytes,
    query: bytes,
    keep: bool,  # noqa: FBT001 - drawn, not passed by anyone
) -> None:
    """Whatever comes over the wire, the answer is facts or a refusal."""
    query = drawn[0].query + query if keep else query
    try:
        facts = check_presigned(
            method="PUT",
            path=path,
            query=query,
            headers=headers,
            lookup=lambda _: CREDENTIALS,
            host=HOST,
            region=REGION,
            at=drawn[0].at,
        )
    except Refused as refusal:
        assert refusal.status in {400, 403}  # noqa: PT017 - either outcome is right
    else:
        assert facts.access_key_id == CREDENTIALS.access_key_id


DATED, SENT_TO = (b"x-amz-date", b"20260131T101530Z"), (b"host", HOST.encode())
SEEMING = (
    b"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260131/eu-central-1/connect/aws4_request, "
    b"SignedHeaders=host, Signature=\xff"
)
AUTHORIZATIONS = st.binary(max_size=60).map(lambda tail: b"AWS4-HMAC-SHA256 " + tail) | st.tuples(
    st.binary(max_size=20), st.binary(max_size=20), st.binary(max_size=20)
).map(lambda p: b"AWS4-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s" % p)


@settings(deadline=None, max_examples=150)
@given(WILD, AUTHORIZATIONS, st.binary(max_size=20), st.binary(), st.binary())
@example([DATED, SENT_TO], SEEMING, TOKEN.encode(), b"\xff", b"%\xff")
@example([DATED, SENT_TO], SEEMING, b"\xff", b"", b"")
@example([(b"date", b"\xff"), SENT_TO], SEEMING, TOKEN.encode(), b"", b"")
def test_arbitrary_headers_meet_no_other_exception(
    headers: list[tuple[bytes, bytes]],
    authorization: bytes,
    token: bytes,
    path: bytes,
    query: bytes,
) -> None:
    """Whatever stands in the headers, the answer of the control plane is a refusal."""
    extra = [(b"authorization", authorization), (b"x-amz-security-token", token)]
    with pytest.raises(Refused):
        verify(
            method="PUT",
            path=path,
            query=query,
            headers=[*headers, *extra],
            body=b"",
            lookup=lambda _: CREDENTIALS,
            region=REGION,
            service="connect",
            at=AT,
        )
