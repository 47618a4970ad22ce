"""Each way in which a request to a pre-signed URL can be wrong, by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openparticipant.sigv4 import Credentials, Refused
from tests.sigv4.arrival import AT, CREDENTIALS, HOST, PATH, SCOPE, Arrival, arrival

MALFORMED = ("AuthorizationQueryParametersError", 400)
MISMATCH = ("SignatureDoesNotMatch", 403)
DENIED = ("AccessDenied", 403)
REQUIRED = (
    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
    "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
)


def refused(request: Arrival, credentials: Credentials = CREDENTIALS) -> Refused:
    """Return the refusal that a request meets, which must not speak of key or signature."""
    with pytest.raises(Refused) as caught:
        request.check(credentials)
    refusal = caught.value
    for secret in (credentials.access_key_id, credentials.secret_access_key):
        assert secret not in str(refusal)
    return refusal


def answer(request: Arrival, credentials: Credentials = CREDENTIALS) -> tuple[str, int]:
    """Return the code and status that a request is refused with."""
    refusal = refused(request, credentials)
    return refusal.code, refusal.status


def test_what_is_right_is_admitted() -> None:
    """The request that every test below spoils is admitted as it stands."""
    facts = arrival().check()
    assert facts.access_key_id == CREDENTIALS.access_key_id
    assert facts.path == PATH
    assert facts.signed_headers == ("content-length", "content-type", "host")
    assert (facts.issued_at, facts.expires_at) == (AT, AT + 900_000)
    assert facts.payload_sha256 is None


@pytest.mark.parametrize(
    "name",
    [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Signature",
        "X-Amz-Date",
        "X-Amz-SignedHeaders",
        "X-Amz-Expires",
    ],
)
class TestEachRequiredParameter:
    """The six parameters without which there is no signature."""

    def test_missing(self, name: str) -> None:
        """A URL that lacks one of the six is malformed."""
        refusal = refused(arrival(missing=name))
        assert (refusal.code, refusal.status) == MALFORMED
        assert refusal.message == REQUIRED

    def test_empty(self, name: str) -> None:
        """A parameter without a value is as good as missing."""
        request = arrival(missing=name)
        request = request.with_query(request.query + f"&{name}=".encode())
        assert answer(request) == MALFORMED

    def test_given_twice(self, name: str) -> None:
        """Of two values nobody can say which one was meant, even if they are equal."""
        request = arrival()
        pairs = request.query.decode().split("&")
        again = next(pair for pair in pairs if pair.startswith(name))
        assert answer(request.with_query(f"{again}&{'&'.join(pairs)}".encode())) == MALFORMED


def test_no_signature_at_all() -> None:
    """A request without any of the six is anonymous, and that is denied."""
    refusal = refused(arrival().with_query(b"versionId=1"))
    assert (refusal.code, refusal.status) == DENIED
    assert refusal.message == "Access Denied"


def test_signature_version_2() -> None:
    """The old way of signing is refused by its name."""
    query = b"AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=x&Expires=1769855430"
    refusal = refused(arrival().with_query(query))
    assert (refusal.code, refusal.status) == ("InvalidRequest", 400)
    assert refusal.message.endswith("Please use AWS4-HMAC-SHA256.")


def test_authorization_header_as_well() -> None:
    """Two ways of authenticating in one request contradict each other."""
    assert answer(arrival().with_header("authorization", "Basic eDp5")) == ("InvalidArgument", 400)


@pytest.mark.parametrize("name", ["AWS4-ECDSA-P256-SHA256", "aws4-hmac-sha256", "HMAC-SHA1"])
def test_other_algorithm(name: str) -> None:
    """Only HMAC-SHA256 is spoken."""
    assert answer(arrival(changed={"X-Amz-Algorithm": name})) == MALFORMED


@pytest.mark.parametrize(
    "credential",
    ["AKIA", SCOPE.replace("/aws4_request", ""), f"{SCOPE}/more", f"/{SCOPE[21:]}", "////////"],
)
def test_malformed_credential(credential: str) -> None:
    """A credential has five parts, the first of them a key id."""
    refusal = refused(arrival(changed={"X-Amz-Credential": credential}))
    assert (refusal.code, refusal.status) == MALFORMED
    assert "mal-formed" in refusal.message


def test_unknown_access_key() -> None:
    """A key we never issued is named as the reason."""
    changed = {"X-Amz-Credential": SCOPE.replace("EXAMPLE", "UNKNOWN")}
    assert answer(arrival(changed=changed)) == ("InvalidAccessKeyId", 403)


def test_credential_of_another_day() -> None:
    """The day in the credential is the day of the date."""
    changed = {"X-Amz-Credential": SCOPE.replace("20260131", "20260130")}
    refusal = refused(arrival(changed=changed))
    assert (refusal.code, refusal.status) == MALFORMED
    assert "Invalid credential date" in refusal.message


def test_credential_date_malformed() -> None:
    """A day that is not one cannot be the day of the date."""
    changed = {"X-Amz-Credential": SCOPE.replace("20260131", "2026-1-31")}
    assert answer(arrival(changed=changed)) == MALFORMED


def test_wrong_region() -> None:
    """A signature for another region is refused, and the right one is told."""
    refusal = refused(arrival(changed={"X-Amz-Credential": SCOPE.replace("us-east-1", "eu-x-1")}))
    assert (refusal.code, refusal.status) == MALFORMED
    assert "expecting 'us-east-1'" in refusal.message


def test_wrong_service() -> None:
    """A signature for another service is refused."""
    refusal = refused(arrival(changed={"X-Amz-Credential": SCOPE.replace("/s3/", "/ec2/")}))
    assert (refusal.code, refusal.status) == MALFORMED
    assert "incorrect service" in refusal.message


def test_wrong_terminator() -> None:
    """A credential ends in aws4_request."""
    refusal = refused(arrival(changed={"X-Amz-Credential": SCOPE.replace("aws4", "aws5")}))
    assert (refusal.code, refusal.status) == MALFORMED
    assert "incorrect terminal" in refusal.message


@pytest.mark.parametrize(
    "date",
    [
        "2026-01-31T10:15:30Z",
        "20260131T101530",
        "20260131 101530Z",
        "20260230T101530Z",
        "20260131T246060Z",
        "2026013\N{ARABIC-INDIC DIGIT ONE}T101530Z",
        "Sat, 31 Jan 2026 10:15:30 GMT",
    ],
)
def test_malformed_date(date: str) -> None:
    """A date has the long ISO form and is a real moment."""
    changed = {"X-Amz-Date": date, "X-Amz-Credential": SCOPE.replace("20260131", date[:8])}
    refusal = refused(arrival(changed=changed))
    assert (refusal.code, refusal.status) == MALFORMED
    assert refusal.message.startswith("X-Amz-Date")


@pytest.mark.parametrize(
    "expires",
    ["soon", "1.5", "1e3", "900s", "--1", "9\N{ARABIC-INDIC DIGIT ZERO}0", " 900", "+900"],
)
def test_expires_not_a_number(expires: str) -> None:
    """A life is a whole number of seconds."""
    refusal = refused(arrival(changed={"X-Amz-Expires": expires}))
    assert (refusal.code, refusal.status) == MALFORMED
    assert refusal.message == "X-Amz-Expires should be a number"


def test_expires_negative() -> None:
    """A life cannot end before it began."""
    refusal = refused(arrival(changed={"X-Amz-Expires": "-1"}))
    assert (refusal.code, refusal.status) == MALFORMED
    assert refusal.message == "X-Amz-Expires must be non-negative"


def test_expires_zero() -> None:
    """A URL that never admits anything is a mistake of its maker."""
    assert answer(arrival(changed={"X-Amz-Expires": "0"})) == MALFORMED


def test_expires_beyond_a_week() -> None:
    """A week is the longest life, to the second."""
    assert arrival(changed={"X-Amz-Expires": "604800"}).check().expires_at == AT + 604_800_000
    refusal = refused(arrival(changed={"X-Amz-Expires": "604801"}))
    assert (refusal.code, refusal.status) == MALFORMED
    assert "less than a week" in refusal.message


def test_expires_absurdly_long() -> None:
    """A number of 15,000 digits is too large, not a crash."""
    assert answer(arrival(changed={"X-Amz-Expires": "9" * 15_000})) == MALFORMED


def test_expired() -> None:
    """A URL admits until just before it expires, and the refusal says that it did."""
    request = arrival()
    assert replace(request, at=AT + 899_999).check()
    refusal = refused(replace(request, at=AT + 900_000))
    assert (refusal.code, refusal.status) == DENIED
    assert refusal.message == "Request has expired"


def test_not_yet_valid() -> None:
    """A signer's clock may be fast by 15 minutes, not more."""
    request = arrival()
    assert replace(request, at=AT - 900_000).check()
    refusal = refused(replace(request, at=AT - 900_001))
    assert (refusal.code, refusal.status) == DENIED
    assert refusal.message == "Request is not yet valid"


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
