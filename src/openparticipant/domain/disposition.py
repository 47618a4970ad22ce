"""The Content-Disposition that carries an attachment's name.

Browsers refuse header values beyond Latin-1 and signatures break on differing encodings, so the
value is pure ASCII; the service model caps it at 256 characters.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

LONGEST = 256  # documented: value of HeadersToInclude

_PLAIN = 'attachment; filename="{}"'
_EXTENDED = "attachment; filename=\"{}\"; filename*=UTF-8''{}"
# RFC 5987 attr-char beyond letters and digits, all of which `quote` would otherwise escape.
_ATTR_CHARS = "!#$&+-.^_`|~"


def content_disposition(name: str) -> str:
    """Return a value of at most 256 ASCII characters that names the file.

    A name that ASCII cannot hold gets a readable fallback and, where there is room, the true name
    in RFC 5987 form. The true name always stays in our own records.
    """
    if _is_plain(name):
        value = _PLAIN.format(name)
        return value if len(value) <= LONGEST else _PLAIN.format(_shorten(name, _PLAIN))
    fallback = _ascii(name)
    value = _EXTENDED.format(fallback, quote(name, safe=_ATTR_CHARS))
    return value if len(value) <= LONGEST else _PLAIN.format(_shorten(fallback, _PLAIN))


def _is_plain(name: str) -> bool:
    return name.isascii() and name.isprintable() and '"' not in name and "\\" not in name


def _ascii(name: str) -> str:
    """Replace what ASCII lacks: accents fall off, spaces become spaces, the rest underscores."""
    decomposed = unicodedata.normalize("NFKD", name)
    kept = (c for c in decomposed if not unicodedata.combining(c))
    return "".join(c if _is_plain(c) else "_" for c in kept)


def _shorten(name: str, form: str) -> str:
    """Cut the stem, never the extension."""
    room = LONGEST - len(form.format(""))
    stem, dot, last = name.rpartition(".")
    tail = (dot + last)[:room]
    return stem[: room - len(tail)] + tail
