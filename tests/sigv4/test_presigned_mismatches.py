"""Each way in which a request can differ from what its pre-signed URL was signed for, by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openparticipant.sigv4 import Credentials
from tests.sigv4.arrival import CREDENTIALS, HOST, PATH, arrival
from tests.sigv4.presigned_refusal import DENIED, MALFORMED, MISMATCH, answer, refused


def test_host_not_signed() -> None:
    """A URL that would hold on any host is refused."""
    refusal = refused(arrival(changed={"X-Amz-SignedHeaders": "content-length;content-type"}))
    assert (refusal.code, refusal.status) == DENIED
    assert refusal.unsigned_headers == ("host",)


@pytest.mark.parametrize(
    "names",
    [
        "host;content-type",
        "host;host",
        "Host",
        "",
        ";host",
        "host;",
        "host;;x-amz-acl",
        "a b;host",
        "höst",
        "\0;host",
    ],
)
def test_malformed_signed_headers(names: str) -> None:
    """The list of signed headers is lower-case, ordered and without repeats."""
    assert answer(arrival(changed={"X-Amz-SignedHeaders": names})) == MALFORMED


def test_signed_header_missing() -> None:
    """A header that was signed has to come, and the refusal carries the signed names."""
    refusal = refused(arrival().without_header("content-type"))
    assert (refusal.code, refusal.status) == MISMATCH
    assert refusal.signed_headers == ("content-length", "content-type", "host")


def test_signed_header_missing_though_signed_empty() -> None:
    """A header signed without a value is not the same as no header."""
    request = arrival(headers={"content-language": ""})
    assert request.check()
    assert answer(request.without_header("content-language")) == MISMATCH


def test_signed_header_changed() -> None:
    """A header that was signed has to come as it was signed."""
    request = arrival().without_header("content-length").with_header("content-length", "12")
    assert answer(request) == MISMATCH


def test_signed_header_twice() -> None:
    """A signed header comes once, even where two together read like the signed one."""
    request = arrival(headers={"content-language": "de,en"})
    assert request.check()
    assert answer(request.with_header("content-language", "de,en")) == MISMATCH
    request = request.without_header("content-language")
    request = request.with_header("content-language", "de").with_header("content-language", "en")
    assert answer(request) == MISMATCH


def test_amz_header_not_signed() -> None:
    """An instruction to the store that nobody signed is refused and named."""
    refusal = refused(arrival().with_header("x-amz-acl", "public-read"))
    assert (refusal.code, refusal.status) == DENIED
    assert refusal.message == "There were headers present in the request which were not signed"
    assert refusal.unsigned_headers == ("x-amz-acl",)


def test_other_header_not_signed() -> None:
    """Headers without a meaning to the store may come unsigned, a proxy's trace id as well."""
    request = arrival().with_header("x-amzn-trace-id", "Root=1").with_header("accept", "*/*")
    assert request.check()


def test_extra_query_parameter() -> None:
    """A parameter added after signing breaks the signature."""
    request = arrival()
    for extra in (b"&versionId=1", b"&response-content-disposition=inline", b"&", b"&x"):
        assert answer(request.with_query(request.query + extra)) == MISMATCH


def test_query_parameter_removed() -> None:
    """A parameter taken away after signing breaks the signature."""
    request = arrival(extra=(("response-content-type", "text/plain"),))
    assert request.check()
    cut = request.query.replace(b"&response-content-type=text%2Fplain", b"")
    assert answer(request.with_query(cut)) == MISMATCH


def test_query_parameter_changed() -> None:
    """A signed override of a response header cannot be rewritten."""
    request = arrival(extra=(("response-content-disposition", 'attachment; filename="a b+c"'),))
    assert request.check()
    changed = request.query.replace(b"attachment", b"inline")
    assert answer(request.with_query(changed)) == MISMATCH


def test_query_in_another_spelling() -> None:
    """Clients that reorder a query, or write its spaces as plus signs, still mean the same."""
    request = arrival(extra=(("response-content-disposition", 'attachment; filename="a b+c"'),))
    assert request.with_query(request.query.replace(b"%20", b"+")).check()
    assert request.with_query(b"&".join(reversed(request.query.split(b"&")))).check()


def test_expires_prolonged() -> None:
    """The life of a URL is part of what was signed."""
    request = arrival()
    longer = request.with_query(request.query.replace(b"Expires=900", b"Expires=901"))
    assert answer(longer) == MISMATCH


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "put", ""])
def test_other_method(method: str) -> None:
    """A URL admits the one method it was signed for."""
    assert answer(replace(arrival(), method=method)) == MISMATCH


def test_other_path() -> None:
    """A URL admits the one key it was signed for."""
    request = arrival()
    for path in (request.path + b"x", request.path[:-1], b"/", b"", b"/%ff", b"/%zz", b"/a%"):
        assert answer(replace(request, path=path)) == MISMATCH


def test_path_that_is_not_utf_8() -> None:
    """Not even a right signature makes a key of bytes that are no text."""
    assert answer(arrival(path=b"/attachments/\xff")) == ("InvalidURI", 400)


def test_path_in_another_spelling() -> None:
    """Clients that encode more or less of a path than we did still mean the same key."""
    request = arrival()
    for spelled in (request.path.replace(b"%3A", b":"), request.path.replace(b"%3A", b"%3a")):
        assert replace(request, path=spelled).check().path == PATH


def test_signature_of_another_secret() -> None:
    """Who does not have the secret cannot sign."""
    stranger = Credentials(CREDENTIALS.access_key_id, "another")
    assert answer(arrival(), stranger) == MISMATCH


@pytest.mark.parametrize("signature", ["0" * 64, "00", "g" * 64, "é" * 64, "0" * 10_000])
def test_signature_that_is_none(signature: str) -> None:
    """Short, long and unreadable signatures are wrong signatures."""
    request = arrival(missing="X-Amz-Signature", extra=(("X-Amz-Signature", signature),))
    assert answer(request) == MISMATCH


def test_signature_in_upper_case() -> None:
    """A signature has one spelling."""
    request = arrival()
    rest, _, signature = request.query.rpartition(b"=")
    assert answer(request.with_query(rest + b"=" + signature.upper())) == MISMATCH


def test_security_token_that_nobody_issued() -> None:
    """Credentials without a session token do not take one."""
    request = arrival(extra=(("X-Amz-Security-Token", "t"),))
    assert answer(request) == ("InvalidAccessKeyId", 403)


def test_security_token_left_out_or_wrong() -> None:
    """Credentials with a session token demand that very token."""
    session = CREDENTIALS._replace(session_token="IQoJ/b3+pZ2lu=")
    assert arrival(extra=(("X-Amz-Security-Token", "IQoJ/b3+pZ2lu="),)).check(session)
    assert answer(arrival(), session) == ("InvalidAccessKeyId", 403)
    wrong = arrival(extra=(("X-Amz-Security-Token", "IQoJ/b3+pZ2lu"),))
    assert answer(wrong, session) == ("InvalidAccessKeyId", 403)


def test_security_token_twice() -> None:
    """Of two tokens nobody can say which one was meant."""
    token = ("X-Amz-Security-Token", "t")
    assert answer(arrival(extra=(token, token))) == MALFORMED


@pytest.mark.parametrize("value", ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "A" * 64, "0" * 63, "x"])
def test_payload_hash_that_is_none(value: str) -> None:
    """The body is either unsigned or has a hash."""
    request = arrival(extra=(("X-Amz-Content-Sha256", value),))
    assert answer(request) == ("InvalidArgument", 400)


def test_payload_hash_is_handed_on() -> None:
    """Who reads the body learns which hash it has to have."""
    assert arrival(extra=(("X-Amz-Content-Sha256", "0" * 64),)).check().payload_sha256 == "0" * 64


def test_host_of_the_request_does_not_count() -> None:
    """Neither a rewriting proxy nor a lying client changes the outcome."""
    request = arrival().without_header("host")
    assert request.check()
    assert request.with_header("host", "evil.example").check()
    lying = replace(request, query=request.query.replace(b"us-east-1", b"us-east-2"))
    assert answer(lying.with_header("host", HOST)) == MALFORMED
