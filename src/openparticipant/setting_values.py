"""How the text of a setting becomes its value; each raises ValueError with what it must be.

The sentence follows the name of the setting and repeats nothing of the text, which may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from openparticipant import limits
from openparticipant.domain.contents import CheckMode, ContentChecks
from openparticipant.domain.review import Hold

_INSTANCE = re.compile(r"[A-Za-z0-9-]{1,100}")
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")


def port(text: str) -> int:
    """Read a port number, 0 included."""
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ValueError("must be a port number, or 0 for a free one")
    return int(text)


def whole(text: str) -> int:
    """Read a whole number above 0."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError("must be a whole number above 0")
    return int(text)


def size(text: str) -> int:
    """Read a size in bytes, up to the largest that AWS allows for an attachment."""
    size = whole(text)
    if size > limits.ATTACHMENT_SIZE_MAX:
        raise ValueError(f"must be at most {limits.ATTACHMENT_SIZE_MAX}")
    return size


def up_to_a_day(text: str) -> int:
    """Read whole seconds, up to a day; return milliseconds."""
    seconds = whole(text)
    if seconds > limits.STAGING_LIFETIME // limits.SECOND:
        raise ValueError("must be at most 86400 seconds")
    return seconds * limits.SECOND


def seconds(text: str) -> float:
    """Read seconds, fractions as well, from 0 to a day."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 86400:
        raise ValueError("must be a number of seconds from 0 to 86400")
    return seconds


def scan_timeout(text: str) -> float:
    """Read seconds, from 1 to a day."""
    timeout = seconds(text)
    if timeout < 1:
        raise ValueError("must be a number of seconds from 1 to 86400")
    return timeout


def hold(text: str) -> Hold:
    """Read for how many seconds scanners are waited for, or `aws`."""
    if text == "aws":
        return Hold(limits.SCAN_HOLD_OF_AWS, limits.SCAN_TRIES_OF_AWS)
    if (
        not text.isascii()
        or not text.isdigit()
        or int(text) > limits.SCAN_HOLD_MAX // limits.SECOND
    ):
        raise ValueError("must be a whole number of seconds up to 604800, or aws: 60 and 3 tries")
    return Hold(int(text) * limits.SECOND)


def content_checks(text: str) -> ContentChecks:
    """Read a mode for all instances, and those of some."""
    others, own = CheckMode.ENFORCE, dict[str, CheckMode]()
    for place, word in enumerate(word.strip() for word in text.split(",")):
        instance, named, mode = word.rpartition("=")
        if mode not in set(CheckMode) or (named and not _INSTANCE.fullmatch(instance)):
            raise ValueError(
                "must be enforce, warn or off, and INSTANCE=MODE for others, by commas"
            )
        if not named and place:
            raise ValueError("must name the mode of all instances first, and once")
        if named:
            own[instance] = CheckMode(mode)
        else:
            others = CheckMode(mode)
    return ContentChecks(others, own)


def ratio(text: str) -> float:
    """Read a share, from 0 to 1."""
    try:
        ratio = float(text)
    except ValueError:
        ratio = -1
    if not 0 <= ratio <= 1:
        raise ValueError("must be a number from 0 to 1")
    return ratio


def origin(text: str) -> str:
    """Read an origin; return it without a slash, in small letters."""
    origin = text.removesuffix("/").lower()
    try:
        ported = _ORIGIN.fullmatch(origin) and urlsplit(origin).port != 0
    except ValueError:
        ported = False
    if not ported:
        raise ValueError("must be an origin, such as https://chat.example.org")
    return origin


def directory(text: str) -> Path:
    """Read a path."""
    if not text:
        raise ValueError("must name a directory")
    return Path(text)


def network(text: str) -> IPv4Network | IPv6Network:
    """Read an address or a network."""
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError("must be an address, or a network such as 10.0.0.0/8") from None


def allowed_origin(text: str) -> str:
    """Read an origin, or `*`."""
    return text if text == "*" else origin(text)


def matching(pattern: str, what: str) -> Callable[[str], str]:
    """Return what reads text of a pattern; `what` names it for people."""
    compiled = re.compile(pattern)

    def parse(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"must be {what}")
        return text

    return parse


def switch(text: str) -> bool:
    """Read on or off."""
    if text not in {"on", "off"}:
        raise ValueError("must be on or off")
    return text == "on"


def scheme(*known: str) -> Callable[[str], str]:
    """Accept the back ends of this release, by scheme."""

    def parse(text: str) -> str:
        if not any(text.startswith(scheme) for scheme in known):
            raise ValueError(f"must begin with {' or '.join(known)} in this release")
        return text

    return parse


def extension(text: str) -> str:
    """Read a file extension; return it without its dot, in small letters."""
    if not re.fullmatch(r"\.?[A-Za-z0-9_-]{1,10}", text):
        raise ValueError("must be a file extension, such as pdf")
    return text.removeprefix(".").lower()


instance = matching(_INSTANCE.pattern, "the id of an instance")
