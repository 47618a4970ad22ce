"""Each way in which the query of a pre-signed URL can be wrong in itself, by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.sigv4.arrival import AT, CREDENTIALS, PATH, SCOPE, arrival
from tests.sigv4.presigned_refusal import DENIED, MALFORMED, REQUIRED, answer, refused


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
