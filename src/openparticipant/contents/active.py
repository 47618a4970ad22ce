"""Content that somebody's machine would run, by how it begins.

A browser that sniffs takes for HTML what begins with one of a few tags (WHATWG MIME Sniffing, 7.1);
`<svg` and what follows an XML declaration are taken in because they carry scripts as well.
"""

from __future__ import annotations

import codecs
import re

_MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[\s>/]"
    r"|<!--.{0,4096}?-->\s*<(?:!doctype\s+html|html|svg|script)[\s>/]",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(
    r"(?:<\?xml.{0,1024}?\?>)?\s*(?:<!--.{0,4096}?-->\s*)*(?:<!doctype\s+(svg|html).{0,4096}?>\s*)?"
    r"(?:<!--.{0,4096}?-->\s*)*<(?:\w+:)?(svg|html)[\s>/]",
    re.IGNORECASE | re.DOTALL,
)
_BINARY: tuple[tuple[bytes, str], ...] = (
    (b"\x7fELF", "application/x-executable"),
    (b"\xfe\xed\xfa\xce", "application/x-mach-binary"),
    (b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", "application/java-vm"),  # or a Mach-O for several processors
    (b"\x4c\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
)
_TEXT: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"#![ \t]*/"), "text/x-shellscript"),
    (re.compile(r"<\?php", re.IGNORECASE), "application/x-php"),
    (re.compile("<%@"), "application/x-jsp"),
)
_LOOKED_AT = 16 * 1024  # bytes; browsers sniff in 1445, and comments may stand before the markup


def active_type(head: bytes) -> str | None:
    """Return the media type of active content that begins so, or None."""
    for magic, media_type in _BINARY:
        if head.startswith(magic):
            return media_type
    if _is_windows_program(head):
        return "application/vnd.microsoft.portable-executable"
    text = _decoded(head[:_LOOKED_AT]).lstrip("\t\n\f\r \0")
    for beginning, media_type in _TEXT:
        if beginning.match(text):
            return media_type
    if found := _XML.match(text):
        return "image/svg+xml" if found[2].lower() == "svg" else "text/html"
    return "text/html" if _MARKUP.match(text) else None


def _is_windows_program(head: bytes) -> bool:
    """Tell a program from what begins with the same two letters."""
    if not head.startswith(b"MZ"):
        return False
    at = int.from_bytes(head[60:64], "little")
    return head[at : at + 4] == b"PE\0\0"


def _decoded(head: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return head.decode("latin-1")
