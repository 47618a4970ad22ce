"""Who may see the chat page: browsers of this machine, that were sent here by nobody else.

Whoever opens the page may start chats, which elsewhere takes a key pair. So a name that leads here by
way of a foreign DNS server, a page of another origin and another machine are all refused.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from uvicorn._types import HTTPScope

from openparticipant.errors import AccessDeniedException, ValidationException

_LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNASKED = {"none", "same-origin"}


@dataclass(frozen=True, slots=True)
class Door:
    """The page's one origin, such as `http://127.0.0.1:8080`."""

    origin: str

    @property
    def is_local(self) -> bool:
        """Tell whether the origin is one that only this machine reaches."""
        host = urlsplit(self.origin).hostname or ""
        return host == "localhost" or _is_loopback(host)

    def admit(self, scope: HTTPScope) -> None:
        """Refuse what does not come from this machine, for this origin, from the page itself.

        Raises AccessDeniedException.
        """
        client = scope["client"]
        if client is None or not _is_loopback(client[0]):
            raise _refusal("The chat page is for browsers on the server's own machine.", "peer")
        if _values(scope, b"host") != [urlsplit(self.origin).netloc]:
            raise _refusal(f"The chat page is at {self.origin}/demo/ only.", "host")
        origins = _values(scope, b"origin")
        if origins not in ([], [self.origin]):
            raise _refusal("Other pages may not use the chat page.", "origin")
        if not _UNASKED.issuperset(_values(scope, b"sec-fetch-site")):
            raise _refusal(
                f"Other pages may not lead to the chat page; enter {self.origin}/demo/ yourself.",
                "sec-fetch-site",
            )

    def admit_order(self, scope: HTTPScope) -> None:
        """Refuse, beyond `admit`, what a page's form or a script without leave could send.

        Raises AccessDeniedException, or ValidationException.
        """
        if not _values(scope, b"origin"):
            raise _refusal("Only the chat page may start its chats.", "no origin")
        (content_type,) = _values(scope, b"content-type") or [""]
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise ValidationException("Content-Type must be application/json.")

    def is_other_name(self, scope: HTTPScope) -> bool:
        """Tell whether a person used another of this machine's own names with our port."""
        parts = urlsplit(self.origin)
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
        known = {f"{name}:{port}" for name in _LOCAL_NAMES}
        if port == _DEFAULT_PORTS[parts.scheme]:
            known.update(_LOCAL_NAMES)
        hosts = _values(scope, b"host")
        return len(hosts) == 1 and hosts[0] != parts.netloc and hosts[0] in known


def _values(scope: HTTPScope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _refusal(message: str, reason: str) -> AccessDeniedException:
    return AccessDeniedException(message, reason=f"chat page: {reason}")
