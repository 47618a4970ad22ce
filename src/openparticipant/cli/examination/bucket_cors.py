"""The rules by which a bucket lets pages upload and download, ready to be pasted."""

from __future__ import annotations

import json
import re
from shlex import quote
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

_AWS = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?")


def rules(origin: str, headers: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return them in the form that AWS's tools take; `headers` are those of an upload."""
    # A browser writes the length itself, and asks nobody.
    allowed = sorted({name.lower() for name in headers} - {"content-length"})
    rule = {
        "ID": "openparticipant",
        "AllowedOrigins": [origin],
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedHeaders": allowed,
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 3600,
    }
    return {"CORSRules": [rule]}


def mend(origin: str, url: str, headers: Iterable[str]) -> str:
    """Say how the store behind an upload or download URL is told of a page's origin."""
    parts = urlsplit(url)
    found = _AWS.fullmatch(parts.hostname or "")
    first = parts.path.lstrip("/").partition("/")[0]
    bucket = (found["bucket"] if found else None) or first
    at = "" if found else f"--endpoint-url {quote(f'{parts.scheme}://{parts.netloc}')} "
    document = json.dumps(rules(origin, headers), separators=(",", ":"))
    return (
        "give the bucket this rule, with the keys of its owner; it replaces those that are there:\n"
        f"aws s3api put-bucket-cors {at}--bucket {quote(bucket)} "
        f"--cors-configuration {quote(document)}\n"
        "or put it among them, with the server's settings: openparticipant bucket setup "
        f"--allowed-origins {quote(origin)}"
    )
