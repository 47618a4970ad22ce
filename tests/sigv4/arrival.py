"""Requests to pre-signed URLs as a server sees them, signed by a second, slower hand.

The hand below signs whatever it is given, right or wrong, so that a refusal under test is due to
the one thing that is wrong and not to a signature that would not have fitted anyway.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from hashlib import sha256
from urllib.parse import quote

from openparticipant.sigv4 import Credentials, Presigned, verify_presigned

AT = 1_769_854_530_000  # 2026-01-31T10:15:30Z
STAMP = "20260131T101530Z"
REGION = "us-east-1"
HOST = "127.0.0.1:8080"
BASE = f"http://{HOST}"
CREDENTIALS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
SCOPE = f"{CREDENTIALS.access_key_id}/20260131/us-east-1/s3/aws4_request"
KEY = "connect/demo/2026/01/31/0f7c6a30-1111-4222-8333-444455556666_20260131T10:15_UTC.txt"
PATH = f"/attachments/{KEY}"
HEADERS = {"content-length": "11", "content-type": "text/plain"}


@dataclass(frozen=True)
class Arrival:
    """One request as it came in, and when its first byte did."""

    method: str = "PUT"
    path: bytes = b"/"
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    at: int = AT

    def check(self, credentials: Credentials = CREDENTIALS) -> Presigned:
        """Hand the request to the verifier under test."""
        return verify_presigned(
            method=self.method,
            path=self.path,
            query=self.query,
            headers=self.headers,
            lookup=lambda key: credentials if key == credentials.access_key_id else None,
            host=HOST,
            region=REGION,
            at=self.at,
        )

    def with_query(self, query: bytes) -> Arrival:
        """Send the same with another query string."""
        return replace(self, query=query)

    def with_header(self, name: str, value: str) -> Arrival:
        """Send one more header."""
        return replace(self, headers=(*self.headers, (name.encode(), value.encode())))

    def without_header(self, name: str) -> Arrival:
        """Leave a header out."""
        kept = tuple(header for header in self.headers if header[0] != name.encode())
        return replace(self, headers=kept)


def arrival(
    *,
    changed: dict[str, str] | None = None,
    missing: str | None = None,
    extra: tuple[tuple[str, str], ...] = (),
    headers: dict[str, str] | None = None,
    path: bytes = PATH.encode(),
) -> Arrival:
    """Make a PUT whose parameters were changed before it was signed, never after."""
    sent = HEADERS if headers is None else headers
    parameters = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": SCOPE,
        "X-Amz-Date": STAMP,
        "X-Amz-Expires": "900",
        "X-Amz-SignedHeaders": ";".join(sorted({*sent, "host"})),
    }
    parameters |= changed or {}
    pairs = [pair for pair in parameters.items() if pair[0] != missing] + list(extra)
    signature = signed_by_hand("PUT", path, pairs, sent)
    if missing != "X-Amz-Signature":
        pairs.append(("X-Amz-Signature", signature))
    arrived = [("host", HOST), ("user-agent", "curl/8"), *sent.items()]
    return Arrival(
        path=quote(path).encode(),
        query="&".join(f"{quote(n, safe='')}={quote(v, safe='')}" for n, v in pairs).encode(),
        headers=tuple((name.encode(), value.encode()) for name, value in arrived),
    )


def signed_by_hand(
    method: str, path: bytes, pairs: list[tuple[str, str]], headers: dict[str, str]
) -> str:
    """Sign as the published description says, step by step, believing all parameters."""
    said = dict(pairs)
    stamp = said.get("X-Amz-Date", STAMP)
    scope = said.get("X-Amz-Credential", SCOPE).split("/")[1:]
    values = {**headers, "host": HOST}
    names = said.get("X-Amz-SignedHeaders", "host").split(";")
    canonical = "\n".join(
        [
            method,
            quote(path),
            "&".join(
                f"{name}={value}"
                for name, value in sorted(
                    (quote(name, safe=""), quote(value, safe="")) for name, value in pairs
                )
            ),
            *(f"{name}:{values.get(name.lower(), '')}" for name in names),
            "",
            ";".join(names),
            said.get("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"),
        ]
    )
    key = f"AWS4{CREDENTIALS.secret_access_key}".encode()
    for part in scope:
        key = hmac.new(key, part.encode(), sha256).digest()
    text = "\n".join(
        ["AWS4-HMAC-SHA256", stamp, "/".join(scope), sha256(canonical.encode()).hexdigest()]
    )
    return hmac.new(key, text.encode(), sha256).hexdigest()
