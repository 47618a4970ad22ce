"""Refusals of the object plane, in the form in which S3 writes its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from xml.sax.saxutils import escape

_NONE: Mapping[str, str] = MappingProxyType({})


class ObjectRefusal(Exception):  # noqa: N818 - an answer to give, not a fault of ours
    """An S3 error: its code and status, a sentence for a person, elements and headers beside them.

    `reason` is for the operator's log only.
    """

    def __init__(
        self,
        code: str,
        status: int,
        message: str,
        *,
        details: Mapping[str, str] = _NONE,
        headers: Sequence[tuple[bytes, bytes]] = (),
        reason: str | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.status = status
        self.message = message
        self.details = details
        self.headers = headers
        self.reason = reason

    def document(self, resource: str, request_id: str) -> bytes:
        """Write the body of the answer."""
        elements = {
            "Code": self.code,
            "Message": self.message,
            **self.details,
            "Resource": resource,
            "RequestId": request_id,
        }
        inner = "".join(f"<{name}>{_text(value)}</{name}>" for name, value in elements.items())
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()


def _text(value: str) -> str:
    # XML has no way at all to write control characters.
    return escape("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value))


def access_denied(message: str) -> ObjectRefusal:
    """Refuse with a sentence that says why."""
    return ObjectRefusal("AccessDenied", 403, message)
