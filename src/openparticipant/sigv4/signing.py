from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from openparticipant.sigv4.canonical import (
    canonical_path,
    canonical_query,
    canonical_value,
    header_plan,
    query_pairs,
)
from openparticipant.sigv4.credentials import ALGORITHM, TERMINATOR, Credentials, signature
from openparticipant.sigv4.stamps import stamp

_NO_HEADERS: Mapping[str, str] = {}


def sign(
    credentials: Credentials,
    method: str,
    host: str,
    path: str,
    *,
    region: str,
    service: str,
    at: int,
    query: str = "",
    headers: Mapping[str, str] = _NO_HEADERS,
    body: bytes = b"",
) -> dict[str, str]:
    """Return the headers to add to a request so that `service` accepts it.

    `host` as the client will send it, `path` and `query` as they will stand on the wire. All of
    `headers` are signed: pass those that nobody between changes. S3 also gets the body's hash as a
    header, which it alone demands. Raises ValueError for header names that cannot be signed.
    """
    now = stamp(at)
    added = {"X-Amz-Date": now}
    if credentials.session_token is not None:
        added["X-Amz-Security-Token"] = credentials.session_token
    payload = sha256(body).hexdigest()
    if service == "s3":
        added["X-Amz-Content-Sha256"] = payload
    every = {**headers, **added}
    plan = header_plan(tuple(every))
    lines = "".join(
        [
            f"{name}:{host if key is None else canonical_value(every[key])}\n"
            for name, key in plan.names
        ]
    )
    signed = signature(
        credentials.secret_access_key,
        f"{method}\n{canonical_path(path.encode(), service)}\n"
        f"{canonical_query(query_pairs(query.encode()))}\n{lines}\n{plan.signed}\n{payload}",
        stamp=now,
        region=region,
        service=service,
    )
    scope = f"{credentials.access_key_id}/{now[:8]}/{region}/{service}/{TERMINATOR}"
    return {
        **added,
        "Authorization": f"{ALGORITHM} Credential={scope}, "
        f"SignedHeaders={plan.signed}, Signature={signed}",
    }
