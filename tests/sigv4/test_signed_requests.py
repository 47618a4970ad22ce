"""Requests with an Authorization header: each way in which one can be wrong, by name."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from openparticipant.sigv4 import Credentials, Refused, sign, verify
from tests.sigv4.botocore_judge import header_auth

AT = 1_769_854_530_000  # 2026-01-31T10:15:30Z
STAMP = "20260131T101530Z"
HOST = "127.0.0.1:8080"
PATH = "/contacts/arn%3Aaws%3Aconnect%3A%3A%3Ainstance%2Fdemo/c%20d"
BODY = b'{"InstanceId":"demo"}'
CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your "
    "AWS Secret Access Key and signing method. Consult the service documentation for details."
)
INVALID = "InvalidSignatureException"
INCOMPLETE = "IncompleteSignatureException"


@dataclass(frozen=True)
class Call:
    """One control-plane request as it came in, and when."""

    headers: dict[str, str]
    method: str = "PUT"
    path: str = PATH
    query: str = "b=2&a=1"
    body: bytes = BODY
    at: int = AT

    def check(self, credentials: Credentials = CREDENTIALS) -> str:
        """Hand the request to the verifier under test."""
        return verify(
            method=self.method,
            path=self.path.encode(),
            query=self.query.encode(),
            headers=[(name.lower().encode(), v.encode()) for name, v in self.headers.items()],
            body=self.body,
            lookup=lambda key: credentials if key == credentials.access_key_id else None,
            region="us-east-1",
            service="connect",
            at=self.at,
        )

    def with_header(self, name: str, value: str) -> Call:
        """Send the same with this header set."""
        return replace(self, headers={**self.headers, name: value})

    def without_header(self, name: str) -> Call:
        """Send the same without this header."""
        return replace(self, headers={n: v for n, v in self.headers.items() if n != name})

    def with_authorization(self, old: str, new: str) -> Call:
        """Rewrite a part of the Authorization header."""
        return self.with_header("Authorization", self.headers["Authorization"].replace(old, new))


def call(
    credentials: Credentials = CREDENTIALS,
    *,
    region: str = "us-east-1",
    service: str = "connect",
    at: int = AT,
) -> Call:
    """Make a request that was signed as told."""
    headers = {"Content-Type": "application/json"}
    added = sign(
        credentials,
        "PUT",
        HOST,
        PATH,
        region=region,
        service=service,
        at=at,
        query="b=2&a=1",
        headers=headers,
        body=BODY,
    )
    return Call({"Host": HOST, "User-Agent": "aws-cli", **headers, **added})


def refused(request: Call, credentials: Credentials = CREDENTIALS) -> tuple[str, str]:
    """Return the code and text of a refusal, which must not speak of key or signature."""
    with pytest.raises(Refused) as caught:
        request.check(credentials)
    for secret in (credentials.access_key_id, credentials.secret_access_key):
        assert secret not in str(caught.value)
    assert caught.value.status == 403
    return caught.value.code, caught.value.message


def test_what_is_right_is_admitted() -> None:
    """The request that every test below spoils is admitted as it stands."""
    assert call().check() == "AKIDEXAMPLE"


@pytest.mark.parametrize("path", ["/contact/chat", PATH, "/a//b/../c/", "/", "/%E1%88%B4/~-._"])
@pytest.mark.parametrize("token", [None, "IQoJ/b3+="])
def test_botocores_requests(path: str, token: str | None) -> None:
    """What botocore signs is admitted, and what we sign is what botocore would have signed."""
    credentials = CREDENTIALS._replace(session_token=token)
    headers = {"Content-Type": "application/json"}
    theirs = header_auth(
        credentials,
        "PUT",
        f"http://{HOST}{path}?a=1&b=%20",
        region="us-east-1",
        service="connect",
        at=AT,
        headers=headers,
        body=BODY,
    )
    request = Call({"Host": HOST, **theirs}, path=path, query="a=1&b=%20")
    assert request.check(credentials) == "AKIDEXAMPLE"
    ours = sign(
        credentials,
        "PUT",
        HOST,
        path,
        region="us-east-1",
        service="connect",
        at=AT,
        query="a=1&b=%20",
        headers=headers,
        body=BODY,
    )
    assert {**headers, **ours} == theirs


def test_botocores_request_with_a_date_header() -> None:
    """A request that is dated by Date instead of X-Amz-Date is admitted."""
    theirs = header_auth(
        CREDENTIALS,
        "PUT",
        f"http://{HOST}/contact/chat",
        region="us-east-1",
        service="connect",
        at=AT,
        headers={"Date": "to be replaced"},
        body=BODY,
    )
    assert "X-Amz-Date" not in theirs
    request = Call({"Host": HOST, **theirs}, path="/contact/chat", query="")
    assert request.check() == "AKIDEXAMPLE"
    assert refused(request.with_header("Date", "Sat, 31 Jan 2026 10:15:31 GMT"))[0] == INVALID


@pytest.mark.parametrize(
    "date",
    [
        "",
        "today",
        "Sat, 31 Jan 2026 10:15:30 CET",
        "Sat, 31 Jän 2026 10:15:30 GMT",
        "Sat, 32 Jan 2026 10:15:30 GMT",
        "Sat; 31 Jan 2026 10:15:30 GMT",
        "Sat, 31 Jan 2026 10.15.30 GMT",
        "2026-01-31T10:15:30Z",
    ],
)
def test_malformed_date(date: str) -> None:
    """A date in no known form is no date."""
    request = call().without_header("X-Amz-Date").with_header("Date", date)
    request = request.with_authorization("host;x-amz-date", "host")
    assert refused(request) == (INCOMPLETE, "Date must be in ISO-8601 'basic format'.")


def test_malformed_amz_date() -> None:
    """An X-Amz-Date that cannot be read is not replaced by a Date that can."""
    request = call().with_header("X-Amz-Date", "Sat, 31 Jan 2026 10:15:30 GMT")
    assert refused(request.with_header("Date", STAMP))[0] == INCOMPLETE


def test_no_date() -> None:
    """Without a date nobody can say when the signature was made."""
    request = call().without_header("X-Amz-Date")
    request = request.with_authorization("host;x-amz-date", "host")
    assert refused(request)[0] == INCOMPLETE


@pytest.mark.parametrize("value", [None, "", "  "])
def test_no_authorization(value: str | None) -> None:
    """A request that is not signed is told so."""
    request = call().without_header("Authorization")
    if value is not None:
        request = request.with_header("Authorization", value)
    missing = ("MissingAuthenticationTokenException", "Missing Authentication Token")
    assert refused(request) == missing


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("AWS4-HMAC-SHA256", "Bearer"),
        ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        ("AWS4-HMAC-SHA256", "aws4-hmac-sha256"),
        ("Credential=", "Credentials="),
        ("Credential=AKIDEXAMPLE", "Credential="),
        ("/aws4_request", ""),
        ("/aws4_request", "/aws4_request/more"),
        ("Signature=", "Signature"),
        (", Signature", " Signature"),
        (", Signature=", ", Signature=0, Signature="),
        ("SignedHeaders=content-type;host;x-amz-date, ", ""),
        ("content-type;host", "host;content-type"),
        ("content-type;host", "Content-Type;host"),
        ("content-type;host", "host;host"),
        ("content-type;host;x-amz-date", ""),
    ],
)
def test_unreadable_authorization(old: str, new: str) -> None:
    """A header of another form is told what it lacks, and is not repeated to the sender."""
    assert refused(call().with_authorization(old, new))[0] == INCOMPLETE


def test_unknown_access_key() -> None:
    """A key we never issued gets the text that scripts look for."""
    request = call(CREDENTIALS._replace(access_key_id="AKIDANOTHER"))
    assert refused(request) == (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )


def test_session_token_missing_wrong_or_uncalled_for() -> None:
    """The session token is the one that belongs to the key, or none where it has none."""
    session = CREDENTIALS._replace(session_token="IQoJ/b3+=")
    assert call(session).check(session) == "AKIDEXAMPLE"
    assert refused(call(), session)[0] == "UnrecognizedClientException"
    assert refused(call(session))[0] == "UnrecognizedClientException"
    wrong = CREDENTIALS._replace(session_token="IQoJ")
    assert refused(call(wrong), session)[0] == "UnrecognizedClientException"


def test_wrong_secret() -> None:
    """Who does not have the secret cannot sign."""
    request = call(CREDENTIALS._replace(secret_access_key="another"))
    assert refused(request) == (INVALID, MISMATCH)


def test_wrong_region() -> None:
    """A signature for another region is refused."""
    assert refused(call(region="eu-central-1")) == (
        INVALID,
        "Credential should be scoped to a valid region.",
    )


def test_wrong_service() -> None:
    """A signature for another service is refused, and the right one is told."""
    assert refused(call(service="execute-api")) == (
        INVALID,
        "Credential should be scoped to correct service: 'connect'.",
    )


def test_wrong_terminator() -> None:
    """A credential ends in aws4_request."""
    code, message = refused(call().with_authorization("aws4_request", "aws5_request"))
    assert code == INVALID
    assert "terminator" in message


def test_credential_of_another_day() -> None:
    """The day in the credential is the day of the date."""
    code, message = refused(call().with_authorization("/20260131/", "/20260130/"))
    assert code == INVALID
    assert message.startswith("Date in Credential scope")


def test_signature_too_old() -> None:
    """A signature holds for 15 minutes, and the refusal tells both times."""
    request = call()
    assert replace(request, at=AT + 900_000).check()
    code, message = refused(replace(request, at=AT + 960_000))
    assert code == INVALID
    assert message == (
        "Signature expired: 20260131T101530Z is now earlier than 20260131T101630Z "
        "(20260131T103130Z - 15 min.)"
    )
    assert refused(replace(request, at=AT + 900_001))[0] == INVALID


def test_signature_from_the_future() -> None:
    """A client's clock may be fast by 15 minutes, not more."""
    request = call()
    assert replace(request, at=AT - 900_000).check()
    code, message = refused(replace(request, at=AT - 900_001))
    assert code == INVALID
    assert message.startswith("Signature not yet current: 20260131T101530Z is still later than")


def test_host_not_signed() -> None:
    """A signature that would hold on any host is refused."""
    code, message = refused(call().with_authorization("content-type;host", "content-type"))
    assert code == INVALID
    assert message.startswith("'Host'")


@pytest.mark.parametrize("name", ["Host", "Content-Type"])
def test_signed_header_changed_or_missing(name: str) -> None:
    """What was signed has to come, and as it was signed."""
    assert refused(call().with_header(name, "other")) == (INVALID, MISMATCH)
    assert refused(call().without_header(name)) == (INVALID, MISMATCH)


def test_unsigned_header_may_change() -> None:
    """Headers that travel unsigned are free to change on the way."""
    assert call().with_header("User-Agent", "other").with_header("Via", "proxy").check()


def test_other_method_path_query_or_body() -> None:
    """Each part of what was asked for is signed."""
    request = call()
    for changed in (
        replace(request, method="POST"),
        replace(request, path="/contact/chat"),
        replace(request, path=PATH.replace("%20", " ")),
        replace(request, query="a=1&b=3"),
        replace(request, query="a=1&b=2&c"),
        replace(request, body=BODY + b" "),
        replace(request, body=b""),
    ):
        assert refused(changed) == (INVALID, MISMATCH)


def test_query_in_another_order() -> None:
    """The order of parameters is nobody's statement."""
    assert replace(call(), query="a=1&b=2").check()


def test_announced_hash_is_the_bodys() -> None:
    """A hash in a header has to be the body's own, or it would pass for a check that was made."""
    right = sign(
        CREDENTIALS, "PUT", HOST, PATH, region="us-east-1", service="s3", at=AT, body=BODY
    )["X-Amz-Content-Sha256"]
    assert call().with_header("X-Amz-Content-Sha256", right).check()
    for wrong in ("0" * 64, "UNSIGNED-PAYLOAD", "", right.upper()):
        request = call().with_header("X-Amz-Content-Sha256", wrong)
        assert refused(request) == (INVALID, MISMATCH)


@pytest.mark.parametrize("signature", ["0", "0" * 64, "g" * 64, "é", "0" * 9000])
def test_signature_that_is_none(signature: str) -> None:
    """Short, long and unreadable signatures are wrong signatures."""
    request = call()
    start, _, _ = request.headers["Authorization"].partition("Signature=")
    request = request.with_header("Authorization", f"{start}Signature={signature}")
    assert refused(request) == (INVALID, MISMATCH)


def test_two_authorization_headers() -> None:
    """Of two signatures nobody can say which one counts."""
    request = call()
    headers = [(n.lower().encode(), v.encode()) for n, v in request.headers.items()]
    headers.append((b"authorization", request.headers["Authorization"].encode()))
    with pytest.raises(Refused) as caught:
        verify(
            method="PUT",
            path=PATH.encode(),
            query=b"a=1&b=2",
            headers=headers,
            body=BODY,
            lookup=lambda _: CREDENTIALS,
            region="us-east-1",
            service="connect",
            at=AT,
        )
    assert caught.value.code == INCOMPLETE
