"""Object storage's errors, as a sentence."""

from __future__ import annotations

import re
from html import unescape

from openparticipant.cli.refusal import CommandError

_CODE = re.compile(r"<Code>([^<]*)</Code>")
_MESSAGE = re.compile(r"<Message>([^<]*)</Message>")
# What the stores we know say of a URL whose time is over.
_EXPIRED = re.compile(r"expired", re.IGNORECASE)


class StorageError(CommandError):
    """Object storage refused."""

    code = "Storage"

    def __init__(
        self, status: int, reason: str, body: bytes, retry_after: str | None = None
    ) -> None:
        text = body.decode(errors="replace")
        code, message = _CODE.search(text), _MESSAGE.search(text)
        said = ": ".join(unescape(found[1]) for found in (code, message) if found and found[1])
        super().__init__(f"the object store answered {said or reason or 'nothing'} ({status})")
        self.http_status = status
        self.storage_code = unescape(code[1]) if code else None
        self.expired = status == 403 and bool(_EXPIRED.search(said))
        self.passing = status in {408, 429} or status >= 500
        self.retry_after = retry_after

    def details(self) -> dict[str, object]:
        """Return also what the store said; its code is null where it gave none."""
        more = {"HttpStatus": self.http_status, "StorageCode": self.storage_code}
        return {**super().details(), **more}
