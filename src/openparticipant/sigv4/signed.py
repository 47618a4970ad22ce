from __future__ import annotations

import hmac
from hashlib import sha256
from typing import NamedTuple

from openparticipant.sigv4.canonical import (
    RawHeaders,
    canonical_path,
    canonical_query,
    query_pairs,
    received_headers,
    signed_names,
)
from openparticipant.sigv4.credentials import ALGORITHM, Credentials, Lookup, Scope, signature
from openparticipant.sigv4.presigned import SKEW
from openparticipant.sigv4.refused import Refused
from openparticipant.sigv4.stamps import http_moment, moment, stamp

_FIELDS = ("Credential", "SignedHeaders", "Signature")
# The texts here are those that AWS's services answer with.
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your "
    "AWS Secret Access Key and signing method. Consult the service documentation for details."
)
_SCOPE_FAULTS = {
    "day": "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
    "from HTTP.",
    "region": "Credential should be scoped to a valid region.",
    "service": "Credential should be scoped to correct service: '{service}'.",
    "terminator": "Credential should be scoped with a valid terminator: 'aws4_request'.",
}


class _Claim(NamedTuple):
    scope: Scope
    signed_headers: tuple[str, ...]
    signature: str


def verify(
    *,
    method: str,
    path: bytes,
    query: bytes,
    headers: RawHeaders,
    body: bytes,
    lookup: Lookup,
    region: str,
    service: str,
    at: int,
) -> str:
    """Check a request's `Authorization` header and return the access key id it proves.

    `path` and `query` as they came, not decoded; `headers` as ASGI gives them; `body` whole, as its
    hash is part of what was signed: a body left unsigned is refused. The request's time may differ
    from `at` (ms) by 15 minutes. Otherwise raises Refused with the name of AWS's exception.
    """
    received = received_headers(headers)
    claim = _claim(received)
    credentials = _credentials(claim.scope, received, lookup)
    issued_at = _issued_at(received)
    now = stamp(issued_at)
    fault = claim.scope.fault(day=now[:8], region=region, service=service)
    if fault is not None:
        raise _invalid(_SCOPE_FAULTS[fault].format(service=service), claim)
    _check_skew(claim, issued_at, at)
    payload = sha256(body).hexdigest()
    if any(said != payload for said in received.get("x-amz-content-sha256", ())):
        raise _invalid(_MISMATCH, claim)
    lines = "".join([f"{name}:{','.join(received[name])}\n" for name in claim.signed_headers])
    expected = signature(
        credentials.secret_access_key,
        f"{method}\n{canonical_path(path, service)}\n{canonical_query(query_pairs(query))}\n"
        f"{lines}\n{';'.join(claim.signed_headers)}\n{payload}",
        stamp=now,
        region=region,
        service=service,
    )
    if not hmac.compare_digest(
        expected.encode(), claim.signature.encode("utf-8", "surrogateescape")
    ):
        raise _invalid(_MISMATCH, claim)
    return claim.scope.access_key_id


def _claim(received: dict[str, list[str]]) -> _Claim:
    values = received.get("authorization", [])
    if not any(values):
        raise Refused("MissingAuthenticationTokenException", 403, "Missing Authentication Token")
    if len(values) != 1:
        raise _incomplete("Authorization header must be given once.")
    fields = _fields(values[0])
    scope = Scope.read(fields["Credential"])
    if scope is None:
        raise _incomplete(
            "Credential must have exactly 5 slash-delimited elements, "
            "e.g. keyid/date/region/service/term."
        )
    names = signed_names(fields["SignedHeaders"])
    if names is None:
        raise _incomplete("SignedHeaders must list lower-case header names once, in order.")
    claim = _Claim(scope, names, fields["Signature"])
    if "host" not in names:
        raise _invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.", claim)
    if any(name not in received for name in names):
        raise _invalid(_MISMATCH, claim)
    return claim


def _fields(authorization: str) -> dict[str, str]:
    scheme, _, rest = authorization.partition(" ")
    if scheme != ALGORITHM:
        raise _incomplete(f"Authorization header requires the algorithm '{ALGORITHM}'.")
    fields: dict[str, str] = {}
    for piece in rest.split(","):
        name, _, value = piece.strip().partition("=")
        if name not in _FIELDS or name in fields:
            raise _incomplete(f"Authorization header takes {', '.join(_FIELDS)}, each once.")
        fields[name] = value
    for name in _FIELDS:
        if not fields.get(name):
            raise _incomplete(f"Authorization header requires '{name}' parameter.")
    return fields


def _credentials(scope: Scope, received: dict[str, list[str]], lookup: Lookup) -> Credentials:
    credentials = lookup(scope.access_key_id)
    tokens = received.get("x-amz-security-token", [None])
    if credentials is None or len(tokens) != 1 or not credentials.hold(tokens[0]):
        raise Refused(
            "UnrecognizedClientException",
            403,
            "The security token included in the request is invalid.",
        )
    return credentials


def _issued_at(received: dict[str, list[str]]) -> int:
    values = received.get("x-amz-date") or received.get("date")
    if values is None:
        raise _incomplete(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    issued_at = moment(values[0]) if len(values) == 1 else None
    if issued_at is None and "x-amz-date" not in received and len(values) == 1:
        issued_at = http_moment(values[0])
    if issued_at is None:
        raise _incomplete("Date must be in ISO-8601 'basic format'.")
    return issued_at


def _check_skew(claim: _Claim, issued_at: int, at: int) -> None:
    said, now = stamp(issued_at), stamp(at)
    if issued_at < at - SKEW:
        raise _invalid(
            f"Signature expired: {said} is now earlier than {stamp(at - SKEW)} ({now} - 15 min.)",
            claim,
        )
    if issued_at > at + SKEW:
        raise _invalid(
            f"Signature not yet current: {said} is still later than {stamp(at + SKEW)} "
            f"({now} + 15 min.)",
            claim,
        )


def _incomplete(message: str) -> Refused:
    return Refused("IncompleteSignatureException", 403, message)


def _invalid(message: str, claim: _Claim) -> Refused:
    return Refused("InvalidSignatureException", 403, message, signed_headers=claim.signed_headers)
