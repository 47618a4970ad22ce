"""Where a request ends and whom it is for, which a proxy before us must not read in another way.

The parser refuses what RFC 9112 forbids about lengths, line ends and names. Here stands what it lets
through: where two readers could differ, the one in front may take for a body what is a request to
the one behind, which is then answered to somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from openparticipant.errors import ValidationException

_HOST = re.compile(rb"(\[[0-9a-f:.]+\]|[a-z0-9._~%-]*)(:[0-9]*)?")
_ONCE = frozenset({b"host", b"content-length", b"transfer-encoding"})
_ORIGIN = re.compile(rb"https?://([^/?]*)", re.IGNORECASE)
_DIGITS = 18  # of a length: one more and some reader's 64 bits overflow


def check(
    version: str, method: bytes, target: bytes, headers: Iterable[tuple[bytes, bytes]]
) -> bool:
    """Return whether the body comes in chunks.

    Raises ValidationException for a request that could be read in more ways than one. Names of
    `headers` are in lower case. What is refused never shows in the message.
    """
    if version not in {"1.1", "1.0"}:
        raise _malformed("unknown version")
    if method == b"CONNECT":
        raise _malformed("this is not a proxy")
    if b"#" in target:
        raise _malformed("fragment in the target")
    once: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _ONCE:
            if name in once:
                raise _malformed("a header twice that may be there once")
            once[name] = value.strip().lower()
    _check_host(version, target, once.get(b"host"))
    if len(once.get(b"content-length", b"")) > _DIGITS:
        raise _malformed("Content-Length overflow")
    encoding = once.get(b"transfer-encoding")
    if encoding is None:
        return False
    if encoding != b"chunked" or version == "1.0":
        raise _malformed("the only Transfer-Encoding is chunked, in HTTP/1.1")
    return True


def without_offer(
    version: str, method: bytes, target: bytes, headers: Iterable[tuple[bytes, bytes]]
) -> bytes:
    """Return a request's head without its offer to go on in another protocol."""
    head = [method, b" ", target, b" HTTP/", version.encode(), b"\r\n"]
    for name, value in headers:
        if name == b"connection":
            closing = b"close" in (token.strip().lower() for token in value.split(b","))
            head += [b"connection: close\r\n"] if closing else []
        else:
            head += [name, b": ", value, b"\r\n"]
    return b"".join([*head, b"\r\n"])


def _check_host(version: str, target: bytes, host: bytes | None) -> None:
    if host is None:
        if version == "1.1":
            raise _malformed("no Host")
    elif not _HOST.fullmatch(host):
        raise _malformed("unreadable Host")
    if target[:1] != b"/":
        origin = _ORIGIN.match(target)
        if origin and origin[1].lower() != host:
            raise _malformed("the target is of another host")


def _malformed(what: str) -> ValidationException:
    return ValidationException(f"The request is malformed: {what}")
