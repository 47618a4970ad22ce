from __future__ import annotations

import hmac
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from openparticipant.sigv4.canonical import (
    RawHeaders,
    canonical_path,
    canonical_query,
    query_pairs,
    received_headers,
    signed_names,
)
from openparticipant.sigv4.credentials import ALGORITHM, Lookup, Scope, signature
from openparticipant.sigv4.presigning import LONGEST, UNSIGNED_PAYLOAD
from openparticipant.sigv4.refused import Refused
from openparticipant.sigv4.stamps import moment

SKEW = 15 * 60 * 1000
"""How far (ms) a client's clock may be off; AWS's own 15 minutes."""

_SIGNATURE = b"X-Amz-Signature"
_REQUIRED = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-Date",
    "X-Amz-SignedHeaders",
    "X-Amz-Expires",
)
_OPTIONAL = ("X-Amz-Security-Token", "X-Amz-Content-Sha256")
_CLAIMS = {name.encode(): name for name in (*_REQUIRED, *_OPTIONAL)}
_HEX = frozenset("0123456789abcdef")
# Wherever S3 has words of its own for a refusal, they are these.
_SCOPE_FAULTS = {
    "day": "Invalid credential date. This date is not the same as X-Amz-Date.",
    "region": "Error parsing the X-Amz-Credential parameter; the region is wrong; "
    "expecting '{region}'",
    "service": "Error parsing the X-Amz-Credential parameter; incorrect service. "
    'This endpoint belongs to "s3".',
    "terminator": "Error parsing the X-Amz-Credential parameter; incorrect terminal. "
    'This endpoint uses "aws4_request".',
}


class Presigned(NamedTuple):
    """What a verified URL admits; times in ms.

    `path` is decoded. `payload_sha256` is the hash (hexadecimal) that the body must have, where the
    signer fixed one; whoever reads the body checks it.
    """

    access_key_id: str
    path: str
    signed_headers: tuple[str, ...]
    issued_at: int
    expires_at: int
    payload_sha256: str | None


class _Claim(NamedTuple):
    scope: Scope
    stamp: str
    issued_at: int
    expires_at: int
    signed_headers: tuple[str, ...]


def verify_presigned(
    *,
    method: str,
    path: bytes,
    query: bytes,
    headers: RawHeaders,
    lookup: Lookup,
    host: str,
    region: str,
    at: int,
) -> Presigned:
    """Check a pre-signed request as S3 does, or raise Refused with S3's code, status and words.

    `path` and `query` as they came, not decoded; `headers` as ASGI gives them. The host that counts
    is `host` (see `host_of`), not the request's, so neither a proxy nor a lying client changes the
    outcome. `at` (ms) is the request's first byte: a URL admits from its issue, less the skew we
    allow, until just before it expires. Time is linear in the size of the request.
    """
    pairs = query_pairs(query)
    received = received_headers(headers)
    parameters = _parameters(pairs, authorized="authorization" in received)
    claim = _claim(parameters, region=region)
    lines = _signed_lines(claim.signed_headers, received, host)
    _check_time(claim, at)
    credentials = lookup(claim.scope.access_key_id)
    # S3 has the same answer for a key it does not know and for a token that is not the key's.
    if credentials is None or not credentials.hold(parameters.get("X-Amz-Security-Token")):
        raise Refused(
            "InvalidAccessKeyId",
            403,
            "The AWS Access Key Id you provided does not exist in our records.",
            signed_headers=claim.signed_headers,
        )
    payload = _payload(parameters, received)
    rest = canonical_query([pair for pair in pairs if pair[0] != _SIGNATURE])
    expected = signature(
        credentials.secret_access_key,
        f"{method}\n{canonical_path(path, 's3')}\n{rest}\n{lines}\n"
        f"{';'.join(claim.signed_headers)}\n{payload}",
        stamp=claim.stamp,
        region=region,
        service="s3",
    )
    if not hmac.compare_digest(expected.encode(), parameters["X-Amz-Signature"].encode()):
        raise _mismatch(claim.signed_headers)
    return Presigned(
        access_key_id=claim.scope.access_key_id,
        path=_decoded(path),
        signed_headers=claim.signed_headers,
        issued_at=claim.issued_at,
        expires_at=claim.expires_at,
        payload_sha256=None if payload == UNSIGNED_PAYLOAD else payload,
    )


def _parameters(pairs: list[tuple[bytes, bytes]], *, authorized: bool) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, value in pairs:
        known = _CLAIMS.get(name)
        if known in parameters:
            raise _malformed(f"The {known} parameter is given twice.")
        if known is not None:
            # What is not UTF-8 becomes a character that no valid parameter has.
            parameters[known] = value.decode("utf-8", "replace")
        elif name == b"AWSAccessKeyId":
            raise Refused(
                "InvalidRequest",
                400,
                "The authorization mechanism you have provided is not supported. "
                "Please use AWS4-HMAC-SHA256.",
            )
    present = [name for name in _REQUIRED if parameters.get(name)]
    if not present:
        raise Refused("AccessDenied", 403, "Access Denied")
    if authorized:
        raise Refused(
            "InvalidArgument",
            400,
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "
            "Signature query string parameter or the Authorization header should be specified",
        )
    if len(present) != len(_REQUIRED):
        raise _malformed(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, "
            "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
            "X-Amz-Expires parameters."
        )
    return parameters


def _claim(parameters: dict[str, str], *, region: str) -> _Claim:
    if parameters["X-Amz-Algorithm"] != ALGORITHM:
        raise _malformed(f'X-Amz-Algorithm only supports "{ALGORITHM}"')
    scope = Scope.read(parameters["X-Amz-Credential"])
    if scope is None:
        raise _malformed(
            "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; "
            'expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
        )
    stamp = parameters["X-Amz-Date"]
    issued_at = moment(stamp)
    if issued_at is None:
        raise _malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
    fault = scope.fault(day=stamp[:8], region=region, service="s3")
    if fault is not None:
        raise _malformed(_SCOPE_FAULTS[fault].format(region=region))
    names = signed_names(parameters["X-Amz-SignedHeaders"])
    if names is None:
        raise _malformed("X-Amz-SignedHeaders must list lower-case header names once, in order.")
    lasting = _lasting(parameters["X-Amz-Expires"])
    return _Claim(scope, stamp, issued_at, issued_at + lasting * 1000, names)


def _lasting(text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise _malformed("X-Amz-Expires should be a number")
    if digits != text:
        raise _malformed("X-Amz-Expires must be non-negative")
    digits = digits.lstrip("0")
    if not digits:
        raise _malformed("X-Amz-Expires must be at least 1")
    # Its length first: Python refuses to read a number of thousands of digits.
    if len(digits) > len(str(LONGEST)) or int(digits) > LONGEST:
        raise _malformed(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given "
            "X-Amz-Expires must be less than 604800 seconds"
        )
    return int(digits)


def _signed_lines(names: tuple[str, ...], received: dict[str, list[str]], host: str) -> str:
    unsigned = {name for name in received if name.startswith("x-amz-")} | {"host"}
    unsigned.difference_update(names)
    if unsigned:
        raise Refused(
            "AccessDenied",
            403,
            "There were headers present in the request which were not signed",
            signed_headers=names,
            unsigned_headers=tuple(sorted(unsigned)),
        )
    lines = []
    for name in names:
        values = [host] if name == "host" else received.get(name, ())
        # A header that came twice is not the one that was signed, whatever the two say together.
        if len(values) != 1:
            raise _mismatch(names)
        lines.append(f"{name}:{values[0]}\n")
    return "".join(lines)


def _check_time(claim: _Claim, at: int) -> None:
    if at < claim.issued_at - SKEW:
        message = "Request is not yet valid"
    elif at >= claim.expires_at:
        message = "Request has expired"
    else:
        return
    raise Refused("AccessDenied", 403, message, signed_headers=claim.signed_headers)


def _payload(parameters: dict[str, str], received: dict[str, list[str]]) -> str:
    # A header of that name is signed by now, or the request would have been refused.
    in_header = received.get("x-amz-content-sha256", [UNSIGNED_PAYLOAD])
    payload = parameters.get("X-Amz-Content-Sha256", in_header[0])
    if payload == UNSIGNED_PAYLOAD or (len(payload) == 64 and _HEX.issuperset(payload)):
        return payload
    raise Refused(
        "InvalidArgument", 400, "x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a SHA-256 value"
    )


def _decoded(path: bytes) -> str:
    try:
        return unquote_to_bytes(path or b"/").decode()
    except UnicodeDecodeError:
        raise Refused("InvalidURI", 400, "Couldn't parse the specified URI.") from None


def _malformed(message: str) -> Refused:
    return Refused("AuthorizationQueryParametersError", 400, message)


def _mismatch(signed_headers: tuple[str, ...]) -> Refused:
    return Refused(
        "SignatureDoesNotMatch",
        403,
        "The request signature we calculated does not match the signature you provided. "
        "Check your key and signing method.",
        signed_headers=signed_headers,
    )
