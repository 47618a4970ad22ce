"""Which files may be attached: by extension, with the content types that fit each.

Source: the documented default list of extensions, and the content types that browsers and the
mobile clients were seen to send for them. The first type of each row is the canonical one.
"""

from __future__ import annotations

OCTET_STREAM = "application/octet-stream"

_OFFICE = "application/vnd.openxmlformats-officedocument"

CONTENT_TYPES: dict[str, tuple[str, ...]] = {
    "csv": ("text/csv", "application/csv", "application/vnd.ms-excel", "text/plain"),
    "doc": ("application/msword",),
    "docx": (f"{_OFFICE}.wordprocessingml.document",),
    "heic": ("image/heic", "image/heif"),
    "jfif": ("image/jpeg", "image/pjpeg"),
    "jpeg": ("image/jpeg", "image/pjpeg"),
    "jpg": ("image/jpeg", "image/pjpeg"),
    "mov": ("video/quicktime",),
    "mp4": ("video/mp4",),
    "pdf": ("application/pdf",),
    "png": ("image/png",),
    "ppt": ("application/vnd.ms-powerpoint",),
    "pptx": (f"{_OFFICE}.presentationml.presentation",),
    "rtf": ("application/rtf", "application/x-rtf", "text/rtf", "text/richtext"),
    "txt": ("text/plain",),
    "wav": ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"),
    "xls": ("application/vnd.ms-excel",),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet",),
}


def extension(name: str) -> str:
    """Return what stands behind the last dot, in lower case, or the empty string."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def fits(extension: str, content_type: str) -> bool:
    """Tell whether a content type may be announced for a file with this extension.

    Parameters and case do not matter. `application/octet-stream` fits everything, since it is
    what a client says that does not know.
    """
    essence = content_type.partition(";")[0].strip().lower()
    return essence == OCTET_STREAM or essence in CONTENT_TYPES[extension]
