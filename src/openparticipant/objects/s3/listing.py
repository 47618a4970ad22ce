"""A page of what lies in a bucket, as ListObjectsV2 tells it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus

from openparticipant.errors import Unavailable
from openparticipant.sigv4 import encode

# Of the longest keys so many fit into an answer that is read as a whole.
_AT_ONCE = 250


@dataclass(frozen=True, slots=True)
class Page:
    """Names with the instants at which they were written, and what to ask the next page with."""

    found: list[tuple[str, int]]
    continuation: str | None


def page_query(beginning: str, continuation: str | None) -> str:
    """Return what asks for a page of the names that begin so."""
    wanted = {
        "continuation-token": continuation,
        "encoding-type": "url",
        "list-type": "2",
        "max-keys": str(_AT_ONCE),
        "prefix": beginning,
    }
    return "&".join(f"{name}={encode(it)}" for name, it in wanted.items() if it is not None)


def read_page(document: bytes) -> Page:
    """Read an answer. Raises Unavailable for what is no list of objects."""
    try:
        return _page(ET.fromstring(document))  # noqa: S314 - of the operator's own bucket, bounded
    except (ET.ParseError, ValueError):
        raise Unavailable("object store: its list cannot be read", untouched=True) from None


def _page(root: ET.Element) -> Page:
    for element in root.iter():
        # Stores differ in whether they write the namespace.
        element.tag = element.tag.rpartition("}")[2]
    # Not every store heeds the wish for an encoding; what was encoded is said.
    is_encoded = root.findtext("EncodingType") == "url"
    found = [_entry(each, is_encoded=is_encoded) for each in root.findall("Contents")]
    more = root.findtext("IsTruncated")
    continuation = root.findtext("NextContinuationToken") if more == "true" else None
    if root.tag != "ListBucketResult" or more is None or (more == "true" and not continuation):
        raise ValueError("no list, or one whose end is missing")
    return Page(found, continuation)


def _entry(element: ET.Element, *, is_encoded: bool) -> tuple[str, int]:
    name, at = element.findtext("Key"), element.findtext("LastModified")
    if not name or not at:
        raise ValueError("an object without name or time")
    written = datetime.fromisoformat(at)
    if written.tzinfo is None:
        raise ValueError("a time without zone")
    return unquote_plus(name) if is_encoded else name, int(written.timestamp() * 1000)
