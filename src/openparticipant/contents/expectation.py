"""Which bytes may stand behind a file's ending."""

from __future__ import annotations

import mimetypes

from openparticipant.contents.media_type import OLE, TEXT, UNKNOWN
from openparticipant.domain.filetypes import CONTENT_TYPES

_WORD, _SHEET, _SLIDES = (CONTENT_TYPES[ending][0] for ending in ("docx", "xlsx", "pptx"))
_VIDEO = frozenset({"video/mp4", "video/quicktime", "audio/mp4"})
_JPEG = frozenset({"image/jpeg"})
# An Office file with a password is an OLE file, whatever its ending. Old endings are kept by many
# programs that write the new forms, or rich text, or bare rows of text.
_ACCEPTED: dict[str, frozenset[str]] = {
    "csv": frozenset({TEXT, UNKNOWN}),
    "doc": frozenset({OLE, _WORD, "application/rtf", TEXT}),
    "docx": frozenset({_WORD, OLE}),
    "heic": frozenset({"image/heic"}),
    "jfif": _JPEG,
    "jpeg": _JPEG,
    "jpg": _JPEG,
    "mov": _VIDEO,
    "mp4": _VIDEO,
    "pdf": frozenset({"application/pdf"}),
    "png": frozenset({"image/png"}),
    "ppt": frozenset({OLE, _SLIDES}),
    "pptx": frozenset({_SLIDES, OLE}),
    "rtf": frozenset({"application/rtf"}),
    "txt": frozenset({TEXT, UNKNOWN}),
    "wav": frozenset({"audio/wav"}),
    "xls": frozenset({OLE, _SHEET, TEXT}),
    "xlsx": frozenset({_SHEET, OLE}),
}
_MEDIA = frozenset({"image", "audio", "video"})
# Not those of the machine: the same file must be judged alike on every node.
_KNOWN = mimetypes.MimeTypes(filenames=())


def is_expected(ending: str, found: str) -> bool:
    """Tell whether bytes of a media type may stand behind an ending.

    An ending that the operator added is trusted, but a picture, a sound or a film has to be one as
    far as anybody can tell.
    """
    if ending in _ACCEPTED:
        return found in _ACCEPTED[ending]
    announced = announced_type(ending)
    if announced is None or announced.partition("/")[0] not in _MEDIA or found == UNKNOWN:
        return True
    return announced.partition("/")[0] == found.partition("/")[0] or found in _VIDEO


def announced_type(ending: str) -> str | None:
    """Return the media type that an ending stands for, or None where nobody knows."""
    if ending in CONTENT_TYPES:
        return CONTENT_TYPES[ending][0]
    return _KNOWN.guess_type(f"a.{ending}")[0]
