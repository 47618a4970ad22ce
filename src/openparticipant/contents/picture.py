"""How large a picture would be if it were decoded, by its header alone."""

from __future__ import annotations

import io

from openparticipant.limits import PICTURE_PIXELS

PICTURE_HEAD = 4 * 1024 * 1024  # bytes; how far metadata may push the size of a JPEG back
_SIZED = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/heic", "image/webp", "image/bmp"}
)
_ALWAYS_SIZED = frozenset({"image/png", "image/jpeg", "image/gif"})


def has_size(media_type: str) -> bool:
    """Tell whether a media type is a picture whose header can be read."""
    return media_type in _SIZED


def picture_fault(media_type: str, head: bytes) -> str | None:
    """Say what is wrong with the size of a picture that begins so, or None."""
    import imagesize  # noqa: PLC0415 - only who gets pictures has use for it

    try:
        found = imagesize.get_info(io.BytesIO(head), dpi=False, colors=False)
    except Exception:  # noqa: BLE001 - of a stranger's bytes a parser may raise anything
        found = imagesize.ImageInfo()
    if found.width <= 0 or found.height <= 0:
        if media_type in _ALWAYS_SIZED:
            return "The picture does not say how large it is."
        return None
    if found.width * found.height > PICTURE_PIXELS:
        return (
            f"The picture has {found.width} x {found.height} pixels; "
            f"{PICTURE_PIXELS // 1_000_000} million are the most."
        )
    return None
