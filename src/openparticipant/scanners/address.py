"""What `--scanner` names."""

from __future__ import annotations

import ssl
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from openparticipant.limits import MIB
from openparticipant.scanners.clamd import Clamd
from openparticipant.scanners.command import Command
from openparticipant.scanners.hook import Hook
from openparticipant.scanners.supervised import Program

_CLAMD_PORT = 3310
# StreamMaxLength as Debian and older releases have it; newer ones take 100 MiB unless told.
_CLAMD_LARGEST = 25 * MIB


def read_program(address: str, *, within: float) -> Program:
    """Read one address. Raises ValueError with what is wrong with it, and nothing of it that is secret."""
    parts = urlsplit(address)
    if parts.fragment or "@" in parts.netloc:
        raise ValueError("an address has no user and no fragment")
    match parts.scheme:
        case "clamd":
            return _clamd(address, parts)
        case "exec":
            return _command(address, parts)
        case _:
            return _hook(parts, within)


def _clamd(address: str, parts: SplitResult) -> Clamd:
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(given.keys() - {"max-size"})
    if unknown:
        raise ValueError(f"there is no parameter {unknown[0]!r}")
    if bool(parts.hostname) is (parts.path not in {"", "/"}):
        raise ValueError("a clamd is at clamd://HOST:PORT or at clamd:///PATH/OF/ITS/SOCKET")
    size = given.get("max-size", str(_CLAMD_LARGEST))
    if not size.isascii() or not size.isdigit() or int(size) < 1:
        raise ValueError("max-size must be a number of bytes: StreamMaxLength of that clamd")
    return Clamd(
        name=address.partition("?")[0],
        host=parts.hostname,
        port=parts.port or _CLAMD_PORT,
        path=unquote(parts.path),
        largest=int(size),
    )


def _command(address: str, parts: SplitResult) -> Command:
    # What is not part of the path would not reach the command, which then approves as it never should.
    if parts.netloc or "?" in address or not parts.path.startswith("/"):
        raise ValueError("a command is at exec:/PATH, without a host and a query; %3F is a ? in it")
    return Command(unquote(parts.path))


def _hook(parts: SplitResult, within: float) -> Hook:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not parts.hostname or not target.isascii() or not target.isprintable() or " " in target:
        raise ValueError("a hook is at https://HOST/PATH, in the characters that URLs have")
    tls = ssl.create_default_context() if parts.scheme == "https" else None
    return Hook(parts.hostname, parts.port or (443 if tls else 80), target, tls, within)
