from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from openparticipant.sigv4.canonical import (
    canonical_value,
    encode,
    encode_path,
    header_plan,
    host_of,
)
from openparticipant.sigv4.credentials import ALGORITHM, TERMINATOR, Credentials, signature
from openparticipant.sigv4.stamps import stamp

LONGEST = 604_800
"""Seconds in the longest life that S3 grants a pre-signed URL: a week."""

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_NO_HEADERS: Mapping[str, str] = {}


def presign(
    credentials: Credentials,
    method: str,
    base: str,
    path: str,
    *,
    region: str,
    at: int,
    lasting: int,
    headers: Mapping[str, str] = _NO_HEADERS,
    query: Sequence[tuple[str, str]] = (),
) -> str:
    """Write a URL that admits one method on one path, with exactly these headers, for a while.

    `base` is an origin without a trailing slash; `path` starts with one and is not encoded. Header
    names may be spelled in any way; the host is signed beside them. `query` parameters are signed
    too. `at` is in ms and counts from its whole second, `lasting` in whole seconds, 1 to `LONGEST`.
    The URL is byte for byte the one botocore writes with `s3v4` and path style. Raises ValueError
    for a base, a life or header names that cannot be signed.
    """
    if not 1 <= lasting <= LONGEST:
        raise ValueError("a pre-signed URL lasts from one second to a week")
    plan = header_plan(tuple(headers))
    now = stamp(at)
    host = host_of(base)
    target = encode_path(path)
    auth = (
        f"X-Amz-Algorithm={ALGORITHM}"
        f"&X-Amz-Credential={_credential(credentials.access_key_id, now[:8], region)}"
        f"&X-Amz-Date={now}&X-Amz-Expires={lasting}&X-Amz-SignedHeaders={plan.signed_encoded}"
    )
    token = credentials.session_token
    if query or token is not None:
        extra = [(encode(name), encode(value)) for name, value in query]
        asked = "".join([f"{name}={value}&" for name, value in extra])
        auth = f"{asked}{auth}"
        if token is not None:
            auth = f"{auth}&X-Amz-Security-Token={encode(token)}"
        ordered = "&".join(sorted(auth.split("&"), key=_by_name))
    else:
        ordered = auth
    lines = "".join(
        [
            f"{name}:{host if key is None else canonical_value(headers[key])}\n"
            for name, key in plan.names
        ]
    )
    payload = UNSIGNED_PAYLOAD if plan.payload is None else headers[plan.payload]
    signed = signature(
        credentials.secret_access_key,
        f"{method}\n{target}\n{ordered}\n{lines}\n{plan.signed}\n{payload}",
        stamp=now,
        region=region,
        service="s3",
    )
    return f"{base}{target}?{auth}&X-Amz-Signature={signed}"


def _by_name(parameter: str) -> list[str]:
    # Not the parameter as it stands: "=" sorts after "-", so "a-b" would come before "a".
    return parameter.split("=", 1)


@lru_cache(maxsize=64)
def _credential(access_key_id: str, day: str, region: str) -> str:
    return encode(f"{access_key_id}/{day}/{region}/s3/{TERMINATOR}")
