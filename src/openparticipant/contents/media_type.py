"""What a file is, by its bytes.

puremagic knows the signatures of most formats. What clients of a chat really send is told apart
here where signatures alone do not: the families of ISO media, and text, which has none.
"""

from __future__ import annotations

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
ZIP = "application/zip"
OLE = "application/x-ole-storage"  # Office before 2007, and anything newer that has a password

# Registered brands of HEIF (ISO/IEC 23008-12), by which phones name their pictures.
_PICTURES = (
    b"heic",
    b"heix",
    b"hevc",
    b"hevx",
    b"heim",
    b"heis",
    b"mif1",
    b"msf1",
    b"avif",
    b"avis",
)
_BEGINNINGS: tuple[tuple[int, bytes, str], ...] = (
    *(
        (4, atom, "video/quicktime")
        for atom in (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
    ),
    (0, bytes.fromhex("d0cf11e0a1b11ae1"), OLE),
    *((0, record, ZIP) for record in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")),
    (8, b"WAVE", "audio/wav"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"{\\rtf", "application/rtf"),
)
"""Where a signature lies, what it is, and the media type; of QuickTime, which has no brand, atoms."""
_SURE = 0.3  # puremagic's confidence: three bytes of a signature
_PDF_WITHIN = 1024  # readers accept as much before the header (ISO 32000-1, annex H)
# What is no text: control characters but for those that are printed, shifted or end a page.
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\b\x1a\x1b") | {127}
_TEXT_BYTES = 4096


def media_type_of(head: bytes) -> str:
    """Return the media type of what begins so; `TEXT` where it reads as text, else `UNKNOWN`."""
    if head[4:8] == b"ftyp":
        return _iso_media(head[8:12])
    for at, signature, media_type in _BEGINNINGS:
        if head[at : at + len(signature)] == signature:
            return media_type
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "application/pdf"
    return TEXT if _is_text(head) else _by_signature(head)


def _iso_media(brand: bytes) -> str:
    if brand in _PICTURES:
        return "image/heic"
    if brand == b"qt  ":
        return "video/quicktime"
    return "audio/mp4" if brand.startswith(b"M4A") else "video/mp4"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not _CONTROL & set(head[:_TEXT_BYTES])


def _by_signature(head: bytes) -> str:
    import puremagic  # noqa: PLC0415 - only who gets files has use for its table

    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    return next((it.mime_type for it in found if it.mime_type and it.confidence >= _SURE), UNKNOWN)
