"""What a store answered, and what its errors say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ELEMENT = r"<{0}>([^<]{{1,300}})</{0}>"
_MOVED = frozenset({"AuthorizationHeaderMalformed", "IllegalLocationConstraintException"})
_TIRED = frozenset({"InternalError", "RequestTimeout", "ServiceUnavailable", "SlowDown"})
_TOO_MANY = frozenset({"RequestLimitExceeded", "SlowDown", "Throttling", "TooManyRequests"})
# Said of keys that have been replaced or have ended; others may yet be taken.
_SPENT = frozenset({"ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "TokenRefreshRequired"})

_ABSENT = frozenset({"NoSuchCORSConfiguration", "NoSuchKey", "NoSuchLifecycleConfiguration"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def element(self, name: str) -> str:
        """Return the text of the first such element of an XML body, or "" if there is none."""
        text = self.body.decode("utf-8", "replace")
        found = re.search(_ELEMENT.format(name), text)
        return " ".join(found[1].split()) if found else ""

    @property
    def code(self) -> str:
        """S3's code of the error that this is, or "" if it is none or has none."""
        # A copy may fail after its 200 is on the way; S3 then says so in the body.
        return self.element("Code") if self.status >= 300 or b"<Error>" in self.body else ""

    @property
    def succeeded(self) -> bool:
        """Tell whether what was asked for has been done."""
        return 200 <= self.status < 300 and not self.code

    @property
    def is_absence(self) -> bool:
        """Tell whether what was asked for is not there, which may be as it should; a bucket must."""
        # Without a body it answers a HEAD; with another it may be any server's.
        return self.status == 404 and (not self.body or self.code in _ABSENT)

    @property
    def is_temporary(self) -> bool:
        """Tell whether the same may succeed in a moment."""
        return self.status >= 500 or self.status == 429 or self.code in _TIRED

    @property
    def is_throttling(self) -> bool:
        """Tell whether the store asks for fewer requests; then it has done nothing."""
        return self.status in {429, 503} or self.code in _TOO_MANY

    @property
    def is_about_credentials(self) -> bool:
        """Tell whether other credentials might be taken."""
        # The answer to a HEAD has no body that could say why.
        return self.code in _SPENT or (self.status in {400, 403} and not self.body)

    def complaint(self, region: str) -> str:
        """Say in one line what is wrong, in S3's words where it has any; never what was signed."""
        elsewhere = self.headers.get("x-amz-bucket-region") or (
            self.element("Region") if self.status == 301 or self.code in _MOVED else ""
        )
        if elsewhere and elsewhere != region:
            return f"the bucket lies in {elsewhere}, not in {region}"
        if self.code:
            # Not its message: that of SignatureDoesNotMatch and its like repeat what was sent.
            return f"{self.code} ({self.status})"
        if self.status == 403:
            return "access denied (403)"
        if 300 <= self.status < 400:
            return f"a redirect ({self.status}); is this the endpoint of the bucket's region?"
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        what = kind if re.fullmatch(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,40}", kind) else "no type"
        return f"status {self.status} with {what}, which is not how S3 answers"
