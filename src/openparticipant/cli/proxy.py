"""The proxy that stands between here and a server, as the environment names it.

Which variable counts, and what `no_proxy` spares, is as in Python's `urllib.request`, which AWS's
tools ask.
"""

from __future__ import annotations

from urllib.parse import SplitResult, unquote, urlsplit

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Proxy:
    """Where a proxy is; `headers` are what it wants to see, `shown` is its URL without secrets."""

    __slots__ = ("headers", "host", "port", "shown")

    def __init__(self, url: str) -> None:
        """Raise CommandError for a kind of proxy that is not served."""
        parts = _split(url)
        self.shown = parts._replace(netloc=_masked(parts)).geturl()
        try:
            port = parts.port
        except ValueError:
            raise CommandError(f'Invalid proxy URL: "{self.shown}"') from None
        if parts.scheme != "http":
            raise CommandError(
                f'The proxy "{self.shown}" is not supported: only http:// ones are, which serve '
                "https:// addresses, too."
            )
        if not parts.hostname:
            raise CommandError(f'Invalid proxy URL: "{self.shown}"')
        self.host = parts.hostname
        self.port = port or 80
        self.headers = _authorization(parts)


def find(url: str, environ: Mapping[str, str]) -> Proxy | None:
    """Return the proxy for a URL; raises CommandError where there is one that cannot be used."""
    parts = urlsplit(url)
    variables = named(environ)
    proxy = variables.get(parts.scheme)
    if not proxy or is_spared(parts.netloc, variables.get("no", "")):
        return None
    return Proxy(proxy)


def named(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the values of `http_proxy`, `https_proxy` and the like, by what stands before `_`.

    Lower case beats upper case, and if empty takes it away. A web server hands its visitors'
    headers to programs as variables, so HTTP_PROXY does not count in a program that one started.
    """
    found = {}
    for loud, value in environ.items():
        name = loud.lower()
        if value and name.endswith("_proxy"):
            found[name[:-6]] = value
    if "REQUEST_METHOD" in environ:
        found.pop("http", None)
    for name, value in environ.items():
        if not name.endswith("_proxy"):
            continue
        if value:
            found[name[:-6].lower()] = value
        else:
            found.pop(name[:-6].lower(), None)
    return found


def is_spared(netloc: str, no_proxy: str) -> bool:
    """Tell whether a host, with or without its port, ends in a name of a list, or the list is `*`."""
    if no_proxy == "*":
        return True
    whole = netloc.lower()
    before, colon, port = whole.rpartition(":")
    host = before if colon and ((port.isascii() and port.isdecimal()) or not port) else whole
    for entry in no_proxy.split(","):
        name = entry.strip().lstrip(".").lower()
        if entry.strip() and (
            name in {host, whole} or host.endswith(f".{name}") or whole.endswith(f".{name}")
        ):
            return True
    return False


def _split(url: str) -> SplitResult:
    if not url.startswith(("http:", "https:", "//")) and "://" not in url:
        url = f"http://{url}"
    elif url.startswith("//"):
        url = f"http:{url}"
    try:
        return urlsplit(url)
    except ValueError:
        # What cannot be taken apart may hold a password anywhere.
        raise CommandError("Invalid proxy URL") from None


def _masked(parts: SplitResult) -> str:
    secrets, at, host = parts.netloc.rpartition("@")
    masks = ":".join("***" if each else "" for each in secrets.split(":", 1))
    return f"{masks}{at}{host}"


def _authorization(parts: SplitResult) -> dict[str, str]:
    if not parts.username or not parts.password:
        return {}
    from base64 import b64encode  # noqa: PLC0415 - few proxies have passwords

    pair = f"{unquote(parts.username)}:{unquote(parts.password)}".encode()
    return {"Proxy-Authorization": f"Basic {b64encode(pair).decode()}"}
