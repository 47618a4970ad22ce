from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import Literal, NamedTuple, TypeAlias

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"


# No dataclass: its module would be half of what a signature costs a command line to import.
class Credentials(NamedTuple):
    """An access key and its secret; the secret parts never show in a repr."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def __repr__(self) -> str:
        return f"Credentials(access_key_id={self.access_key_id!r})"

    def hold(self, session_token: str | None) -> bool:
        """Tell in constant time whether a request brought the session token of these credentials.

        Bringing one where there is none is as wrong as leaving it out.
        """
        if self.session_token is None or session_token is None:
            return self.session_token is session_token
        brought = session_token.encode("utf-8", "surrogateescape")
        return hmac.compare_digest(self.session_token.encode(), brought)


Lookup: TypeAlias = Callable[[str], Credentials | None]


class Scope(NamedTuple):
    """What a `Credential` parameter says: whose key, and what its signature is good for."""

    access_key_id: str
    day: str
    region: str
    service: str
    terminator: str

    @classmethod
    def read(cls, credential: str) -> Scope | None:
        """Read `KEY/DAY/REGION/SERVICE/aws4_request`, or None when it has another form."""
        # Counted first: splitting a long run of slashes would build a long list for nothing.
        if credential.count("/") != 4:
            return None
        scope = cls._make(credential.split("/"))
        return scope if scope.access_key_id else None

    def fault(
        self, *, day: str, region: str, service: str
    ) -> Literal["day", "region", "service", "terminator"] | None:
        """Name the first part that is not the one expected."""
        if self.day != day:
            return "day"
        if self.region != region:
            return "region"
        if self.service != service:
            return "service"
        return None if self.terminator == TERMINATOR else "terminator"


# One key a day, region and service for each pair of credentials; a URL lives at most a week. Kept
# keyed: to copy it is cheaper than hmac.digest, which lets go of the interpreter's lock each time.
@lru_cache(maxsize=64)
def _signer(secret_access_key: str, day: str, region: str, service: str) -> hmac.HMAC:
    """Derive the key that signs for one day, region and service; it is copied, never fed."""
    key = hmac.digest(f"AWS4{secret_access_key}".encode(), day.encode(), "sha256")
    for part in (region, service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, digestmod="sha256")


def signature(
    secret_access_key: str, canonical_request: str, *, stamp: str, region: str, service: str
) -> str:
    """Sign a canonical request; 64 lower-case hexadecimal digits."""
    day = stamp[:8]
    # Header values are kept as UTF-8 with escapes for what is not, so this gives back their bytes.
    digest = sha256(canonical_request.encode("utf-8", "surrogateescape")).hexdigest()
    text = f"{ALGORITHM}\n{stamp}\n{day}/{region}/{service}/{TERMINATOR}\n{digest}"
    signer = _signer(secret_access_key, day, region, service).copy()
    signer.update(text.encode())
    return signer.hexdigest()
