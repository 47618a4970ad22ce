"""Object storage's errors, as a sentence."""

from __future__ import annotations

import re
from html import unescape

_CODE = re.compile(r"<Code>([^<]*)</Code>")
_MESSAGE = re.compile(r"<Message>([^<]*)</Message>")
# What the stores we know say of a URL whose time is over.
_EXPIRED = re.compile(r"expired", re.IGNORECASE)


class StorageError(Exception):
    """Object storage refused; the text is a sentence for the person at the terminal."""

    def __init__(
        self, status: int, reason: str, body: bytes, retry_after: str | None = None
    ) -> None:
        text = body.decode(errors="replace")
        code, message = _CODE.search(text), _MESSAGE.search(text)
        said = ": ".join(unescape(found[1]) for found in (code, message) if found and found[1])
        super().__init__(f"the object store answered {said or reason or 'nothing'} ({status})")
        self.expired = status == 403 and bool(_EXPIRED.search(said))
        self.passing = status in {408, 429} or status >= 500
        self.retry_after = retry_after
