"""How large a picture would be if it were decoded, by its header alone."""

from __future__ import annotations

import io

from openparticipant.limits import PICTURE_PIXELS

PICTURE_HEAD = 4 * 1024 * 1024  # bytes; how far metadata may push the size of a JPEG back
_SIZED = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/heic", "image/webp", "image/bmp"}
)
_ALWAYS_SIZED = frozenset({"image/png", "image/jpeg", "image/gif"})


def lacks_size(media_type: str, head: bytes) -> bool:
    """Tell whether this is a picture, and more of it has to be read to know its size."""
    return media_type in _SIZED and _pixels(head) is None


def picture_fault(media_type: str, head: bytes) -> str | None:
    """Say what is wrong with the size of a picture that begins so, or None; None for what is none."""
    if media_type not in _SIZED:
        return None
    pixels = _pixels(head)
    if pixels is None:
        is_due = media_type in _ALWAYS_SIZED
        return "The picture does not say how large it is." if is_due else None
    width, height = pixels
    if width * height > PICTURE_PIXELS:
        most = f"{PICTURE_PIXELS // 1_000_000} million are the most."
        return f"The picture has {width} x {height} pixels; {most}"
    return None


def _pixels(head: bytes) -> tuple[int, int] | None:
    """Return width and height, or None where they do not stand in what was read."""
    import imagesize  # noqa: PLC0415 - only who gets pictures has use for it

    try:
        found = imagesize.get_info(io.BytesIO(head), dpi=False, colors=False)
    except Exception:  # noqa: BLE001 - of a stranger's bytes a parser may raise anything
        return None
    return (found.width, found.height) if min(found.width, found.height) > 0 else None
