"""The two rules that a bucket needs: which web pages may call it, and what it forgets.

Both stand in lists that others may have rules in, too. Ours are known by their ids; all others stay
as they are, whatever they say.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from openparticipant.errors import Unavailable
from openparticipant.objects.s3.bucket import Bucket

_METHODS = ("GET", "HEAD", "PUT")
_EXPOSED = "ETag"
_MAX_AGE = 3600  # chosen: seconds; without it each upload makes a preflight
_DAYS = 1  # documented advice: what is staged lives for a day
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def cors_rule(bucket: Bucket, origins: Sequence[str], headers: Iterable[str]) -> ET.Element:
    """Return the rule by which pages of these origins may upload with these headers, and download."""
    rule = _rule("CORSRule", bucket)
    for name, values in (
        ("AllowedOrigin", origins),
        ("AllowedMethod", _METHODS),
        # A browser writes the length itself, and asks nobody.
        ("AllowedHeader", sorted({name.lower() for name in headers} - {"content-length"})),
        ("ExposeHeader", [_EXPOSED]),
        ("MaxAgeSeconds", [str(_MAX_AGE)]),
    ):
        for value in values:
            ET.SubElement(rule, name).text = value
    return rule


def lifecycle_rule(bucket: Bucket) -> ET.Element:
    """Return the rule by which what is staged, and its older versions, end after a day."""
    rule = _rule("Rule", bucket)
    ET.SubElement(ET.SubElement(rule, "Filter"), "Prefix").text = bucket.staging_prefix
    ET.SubElement(rule, "Status").text = "Enabled"
    ET.SubElement(ET.SubElement(rule, "Expiration"), "Days").text = str(_DAYS)
    older = ET.SubElement(rule, "NoncurrentVersionExpiration")
    ET.SubElement(older, "NoncurrentDays").text = str(_DAYS)
    return rule


def merged(document: bytes, rule: ET.Element, *, root: str) -> bytes:
    """Return a list of rules with this one in the place of the one that has its id, or at the end.

    An empty document is an empty list. Raises Unavailable for what is no list of rules.
    """
    rules = _read(document, root) if document else ET.Element(root)
    wanted = rule.findtext("ID")
    for position, other in enumerate(rules):
        if other.findtext("ID") == wanted:
            rules[position] = rule
            break
    else:
        rules.append(rule)
    rules.set("xmlns", _NAMESPACE)
    ET.indent(rules)
    text: bytes = ET.tostring(rules, encoding="UTF-8", xml_declaration=True)
    return text + b"\n"


def _rule(name: str, bucket: Bucket) -> ET.Element:
    rule = ET.Element(name)
    # Several servers may share a bucket, each below its own prefix.
    ET.SubElement(rule, "ID").text = f"openparticipant {bucket.prefix}".strip()
    return rule


def _read(document: bytes, root: str) -> ET.Element:
    try:
        rules = ET.fromstring(document)  # noqa: S314 - of the operator's own bucket, and bounded
    except ET.ParseError:
        raise Unavailable("object store: its rules cannot be read", untouched=True) from None
    for element in rules.iter():
        # Stores differ in whether they write the namespace; ours is written at the top.
        element.tag = element.tag.rpartition("}")[2]
    if rules.tag != root:
        raise Unavailable(f"object store: it has no {root}", untouched=True)
    return rules
