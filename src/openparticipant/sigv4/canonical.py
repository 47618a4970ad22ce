"""The one form in which signer and checker write a request down.

Canonical form as AWS publishes it ("Create a signed AWS API request", IAM User Guide), with S3's
exceptions: S3 encodes a path once and leaves its dots and slashes alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import unquote_to_bytes, urlsplit

RawHeaders: TypeAlias = Iterable[tuple[bytes, bytes]]

_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_PATH = _UNRESERVED + b"/"
_PERCENT = ord("%")
_NAMES = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz;")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def encode(text: str) -> str:
    """Percent-encode all but the unreserved characters."""
    return encode_bytes(text.encode())


def encode_path(path: str) -> str:
    """Percent-encode all but the unreserved characters and the slash."""
    return encode_bytes(path.encode(), _PATH)


def encode_bytes(raw: bytes, keep: bytes = _UNRESERVED) -> str:
    """Percent-encode all bytes but those to keep."""
    foreign = raw.translate(None, keep)
    if foreign:
        # "%" first, or it would encode the others' escapes once more.
        for byte in sorted(set(foreign), key=_PERCENT.__ne__):
            raw = raw.replace(bytes((byte,)), b"%%%02X" % byte)
    return raw.decode("ascii")


def canonical_path(raw: bytes, service: str) -> str:
    """Write a path as it stood in the request the way `service` signs it."""
    if service == "s3":
        return encode_bytes(unquote_to_bytes(raw or b"/"), _PATH)
    # All others encode a second time what came encoded, after resolving dots and double slashes.
    kept: list[bytes] = []
    for segment in raw.split(b"/"):
        if segment == b"..":
            del kept[-1:]
        elif segment not in (b"", b"."):
            kept.append(segment)
    tail = b"/" if kept and raw.endswith(b"/") else b""
    return encode_bytes(b"/" + b"/".join(kept) + tail, _PATH)


def query_pairs(raw: bytes) -> list[tuple[bytes, bytes]]:
    """Split a query string as it stood in the request into decoded names and values."""
    if not raw:
        return []
    pairs = []
    for piece in raw.replace(b"+", b" ").split(b"&"):
        name, _, value = piece.partition(b"=")
        pairs.append((unquote_to_bytes(name), unquote_to_bytes(value)))
    return pairs


def canonical_query(pairs: Iterable[tuple[bytes, bytes]]) -> str:
    """Encode and order names and values; equal names are ordered by value."""
    encoded = sorted((encode_bytes(name), encode_bytes(value)) for name, value in pairs)
    return "&".join([f"{name}={value}" for name, value in encoded])


def canonical_value(value: str) -> str:
    """Trim a header's value and make each run of white space one space."""
    return " ".join(value.split())


def received_headers(headers: RawHeaders) -> dict[str, list[str]]:
    """Gather the values of each header of a request, in their order, under its lower-case name."""
    found: dict[str, list[str]] = {}
    for name, value in headers:
        text = canonical_value(value.decode("utf-8", "surrogateescape"))
        found.setdefault(name.decode("latin-1").lower(), []).append(text)
    return found


def signed_names(text: str) -> tuple[str, ...] | None:
    """Read a `SignedHeaders` list, or None unless it is lower-case, ordered and without repeats."""
    names = tuple(text.split(";"))
    if not _NAMES.issuperset(text) or "" in names or list(names) != sorted(set(names)):
        return None
    return names


@lru_cache(maxsize=64)
def host_of(base: str) -> str:
    """Return the Host header that clients send to an origin such as `https://files.example:8443`.

    Lower-case, without the scheme's own port, as every client writes it. Raises ValueError for
    what is not an http or https origin.
    """
    parts = urlsplit(base)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("not an http or https origin")
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("an origin has a host and a port only")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.port is None or parts.port == _DEFAULT_PORTS[parts.scheme]:
        return host
    return f"{host}:{parts.port}"


class HeaderPlan:
    """How one set of header names is signed; the same for every request that has them.

    Names in any spelling; `host` is added, `x-amz-content-sha256` stands in for the body's hash.
    """

    __slots__ = ("names", "payload", "signed", "signed_encoded")

    def __init__(self, spelled: tuple[str, ...]) -> None:
        by_name = {name.strip().lower(): name for name in spelled}
        if len(by_name) != len(spelled) or "host" in by_name:
            raise ValueError("a header is named twice, or is host")
        self.payload = by_name.get("x-amz-content-sha256")
        # Lower-case name, then the caller's spelling: None where the host goes.
        self.names = tuple((name, by_name.get(name)) for name in sorted({*by_name, "host"}))
        self.signed = ";".join(name for name, _ in self.names)
        self.signed_encoded = encode(self.signed)


# A server signs a handful of header sets, over and over.
@lru_cache(maxsize=64)
def header_plan(spelled: tuple[str, ...]) -> HeaderPlan:
    """Return the plan for these header names, made once."""
    return HeaderPlan(spelled)
