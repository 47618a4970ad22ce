"""The page's own files, read once, and the headers under which browsers get them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openparticipant.transport.exchange import Headers, Reply

HOME = "/demo/"

_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}


def read() -> Mapping[str, Reply]:
    """Return each file as the answer at its path; the only paths there are."""
    replies = {}
    for file in sorted((Path(__file__).parent / "static").iterdir()):
        path = HOME if file.name == "index.html" else HOME + file.name
        replies[path] = Reply(200, [(b"content-type", _TYPES[file.suffix])], file.read_bytes())
    return replies


def guarding_headers(origin: str, objects_origin: str) -> Headers:
    """Return what every answer carries: scripts, styles and calls of our own only, kept nowhere.

    Both arguments are origins: the page's, and that of pre-signed URLs.
    """
    socket_origin = f"ws{origin.removeprefix('http')}"
    objects = "" if objects_origin == origin else f" {objects_origin}"
    policy = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"connect-src 'self' {socket_origin}{objects}",
            f"img-src 'self'{objects}",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            # No text ever becomes markup or code: the browser itself refuses innerHTML and its like.
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
