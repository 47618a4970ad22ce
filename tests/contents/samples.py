"""Small files of each kind, written as the programs that make them do."""

from __future__ import annotations

import io
import struct
import wave
import zipfile
import zlib
from collections.abc import Mapping

_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def png(width: int = 1, height: int = 1) -> bytes:
    """Return a picture of one pixel, which may say that it is larger."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
        )

    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def jpeg(width: int = 1, height: int = 1, *, before: int = 0, exif: bool = False) -> bytes:
    """Return the segments of a picture; `before` bytes of metadata stand in front of its size."""
    start = b"Exif\0\0MM\0*\0\0\0\x08\0\0" if exif else b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    segments = [(0xE1 if exif else 0xE0, start)]
    while before > 0:
        segments.append((0xE2, bytes(min(before, 65_000))))
        before -= 65_000
    segments.append((0xC0, struct.pack("!BHHBBBB", 8, height, width, 1, 1, 0x11, 0)))
    body = b"".join(struct.pack("!BBH", 0xFF, kind, len(it) + 2) + it for kind, it in segments)
    return b"\xff\xd8" + body + b"\xff\xda\0\x08\x01\x01\0\0?\0\0\xff\xd9"


def gif(width: int = 1, height: int = 1) -> bytes:
    """Return the beginning of a picture."""
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + bytes(16) + b";"


def box(kind: bytes, data: bytes) -> bytes:
    """Return a box of ISO media."""
    return struct.pack("!I", len(data) + 8) + kind + data


def heic(width: int = 1, height: int = 1) -> bytes:
    """Return a picture as phones make them, with one item and its size."""
    size = box(b"ispe", bytes(4) + struct.pack("!II", width, height))
    links = box(b"ipma", bytes(4) + struct.pack("!IHBB", 1, 1, 1, 0x81))
    entry = box(b"infe", b"\x02\0\0\0" + struct.pack("!HH", 1, 0) + b"hvc1\0")
    meta = box(b"hdlr", bytes(8) + b"pict" + bytes(13))
    meta += box(b"pitm", bytes(4) + struct.pack("!H", 1))
    meta += box(b"iinf", bytes(4) + struct.pack("!H", 1) + entry)
    meta += box(b"iprp", box(b"ipco", size) + links)
    return (
        box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(4) + meta) + box(b"mdat", b"x")
    )


def zipped(entries: Mapping[str, bytes], *, packed: bool = True) -> bytes:
    """Return an archive."""
    with io.BytesIO() as file:
        method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        with zipfile.ZipFile(file, "w", method) as archive:
            for name, content in entries.items():
                archive.writestr(name, content)
        return file.getvalue()


def office(directory: str, **more: bytes) -> bytes:
    """Return an Office file whose parts lie in `word`, `xl` or `ppt`."""
    parts = {"[Content_Types].xml": _TYPES.encode(), "_rels/.rels": b"<Relationships/>"}
    return zipped({**parts, f"{directory}/main.xml": b"<x/>", **more})


def wav() -> bytes:
    """Return a moment of silence."""
    with io.BytesIO() as file:
        with wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(bytes(160))
        return file.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + bytes.fromhex("3e000300feff0900") + bytes(600)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MP4 = box(b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41") + box(b"moov", bytes(8))
RTF = rb"{\rtf1\ansi{\fonttbl\f0\fswiss Helvetica;}\f0 Hello}"

VALID: dict[str, list[bytes]] = {
    "csv": [b"a,b\r\n1,2\r\n", b"\xef\xbb\xbfN\xc3\xa4me;1\n", "a\tb\n".encode("utf-16")],
    "doc": [OLE, RTF, office("word"), b"plain"],
    "docx": [office("word"), OLE, office("word", **{"word/embeddings/a.xlsx": office("xl")})],
    "heic": [heic(4032, 3024), box(b"ftyp", b"mif1\0\0\0\0mif1heic") + bytes(64)],
    "jfif": [jpeg(640, 480)],
    "jpeg": [jpeg(16320, 12240), jpeg(640, 480, exif=True), jpeg(640, 480, before=700_000)],
    "jpg": [jpeg(640, 480), b"\xff\xd8\xff\xdb\0\x04\0\0" + jpeg(8, 8)[2:]],
    "mov": [box(b"ftyp", b"qt  \0\0\0\0qt  "), box(b"wide", b"") + box(b"mdat", b"x"), box(b"moov", b"x")],
    "mp4": [MP4, box(b"ftyp", b"mp42\0\0\0\0mp42isom"), box(b"ftyp", b"M4V \0\0\0\1"), box(b"ftyp", b"dash")],
    "pdf": [PDF, b"\r\n\r\n" + PDF, b"\xef\xbb\xbf" + PDF],
    "png": [png(), png(12_000, 12_000)],
    "ppt": [OLE, office("ppt")],
    "pptx": [office("ppt"), OLE],
    "rtf": [RTF],
    "txt": [
        b"hello", b"x", b"\n", "Gr\u00fc\u00dfe".encode(), "Gr\u00fc\u00dfe".encode("latin-1"),
        "hello".encode("utf-16"), "hello".encode("utf-16-le"), b"MZ is how it begins",
        b"to type <html> here is no harm", b"a < b", b"BM", b"PK", b"%!", b"GIF89a is a format",
        b"\x1b[31mred\x1b[0m", bytes(range(256)), b'{"a": 1}', b"<note>for you</note>", b"ID3 tags",
        b"<?xml version='1.0'?><note/>", b"I <b>mean</b> it", b"Rar! they said", b"<apple>", b"#channel",
    ],
    "wav": [wav(), wav().replace(b"RIFF", b"RF64")],
    "xls": [OLE, office("xl"), b"a\tb\n", b"<?xml version='1.0'?><Workbook/>"],
    "xlsx": [office("xl"), OLE],
}  # fmt: skip
"""What has to pass, by ending."""


def nested_office() -> bytes:
    """Return a letter with a sheet in it."""
    return office("word", **{"word/embeddings/a.xlsx": office("xl")})


def nameless() -> bytes:
    """Return an archive whose only entry has no name."""
    content = bytearray(zipped({"a": b"12345"}))
    entry = content.index(b"PK\x01\x02")
    content[entry + 28 : entry + 32] = b"\0\0\x01\0"  # no letter of a name, one byte of more
    return bytes(content)


def lying(content: bytes, says: int) -> bytes:
    """Return an archive whose only entry says that it has the first `says` bytes of what it has."""
    archive = bytearray(zipped({"a": content}))
    for signature, checksum, size in ((b"PK\x03\x04", 14, 22), (b"PK\x01\x02", 16, 24)):
        at = archive.index(signature)
        archive[at + checksum : at + checksum + 4] = zlib.crc32(content[:says]).to_bytes(
            4, "little"
        )
        archive[at + size : at + size + 4] = says.to_bytes(4, "little")
    return bytes(archive)
