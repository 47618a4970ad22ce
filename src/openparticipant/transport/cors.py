"""What browsers may do here from pages of other origins (Fetch standard, CORS protocol)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Header: TypeAlias = tuple[bytes, bytes]

_ANY = "*"
_MAX_AGE = b"7200"  # chosen: without it every call makes a preflight; browsers cap it themselves
_VARY = (b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_MOST_NAMES = 64


@dataclass(frozen=True, slots=True)
class Cors:
    """One plane's rules.

    `origins` are origins as browsers write them, or ("*",). `allowed` are header names that a page
    may always send; whatever else its preflight asks for is allowed too, since nothing here is
    authorized by a header that a browser adds by itself. `exposed` are those its script may read.
    """

    origins: Sequence[str]
    methods: Sequence[str]
    exposed: Sequence[str]
    allowed: Sequence[str] = ()
    _origins: frozenset[bytes] = field(init=False, repr=False)
    _expose: Header = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_origins", frozenset(each.encode() for each in self.origins))
        exposed = ", ".join(self.exposed).encode()
        object.__setattr__(self, "_expose", (b"access-control-expose-headers", exposed))

    def admits(self, origin: bytes | None) -> bool:
        """Tell whether a page may open a WebSocket; what is no browser names no origin."""
        return origin is None or _ANY in self.origins or origin in self._origins

    def headers(self, origin: bytes | None) -> list[Header]:
        """Return what every answer carries, refusals included; `origin` is the request's."""
        if _ANY in self.origins:
            return [(b"access-control-allow-origin", b"*"), self._expose]
        if origin in self._origins and origin is not None:
            return [(b"access-control-allow-origin", origin), (b"vary", b"Origin"), self._expose]
        return [(b"vary", b"Origin")]

    def preflight(
        self, origin: bytes | None, method: bytes | None, names: bytes = b""
    ) -> list[Header] | None:
        """Return what answers an OPTIONS request, or None if the page may not do what it asks.

        `method` and `names` are its Access-Control-Request-Method and -Headers.
        """
        if origin is None or not (_ANY in self.origins or origin in self._origins):
            return None
        if method is None or method.decode("latin-1") not in self.methods:
            return None
        return [
            (b"access-control-allow-origin", b"*" if _ANY in self.origins else origin),
            (b"access-control-allow-methods", ", ".join(self.methods).encode()),
            (b"access-control-allow-headers", b", ".join(self._names(names))),
            (b"access-control-max-age", _MAX_AGE),
            _VARY,
        ]

    def _names(self, asked: bytes) -> Iterable[bytes]:
        names = [name.strip().lower() for name in asked.split(b",", _MOST_NAMES)[:_MOST_NAMES]]
        sane = [name for name in names if _TOKEN.fullmatch(name)]
        return dict.fromkeys([*(name.encode() for name in self.allowed), *sane])
