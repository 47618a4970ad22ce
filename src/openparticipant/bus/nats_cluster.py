"""Which NATS servers there are and how to get in, as one URL says."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from openparticipant.bus.nats_login import Login, LoginError, from_creds, from_seed

_PORT = 4222
_FILES = frozenset({"ca", "cert", "key", "nkey", "creds"})


class ClusterError(Exception):
    """The URL is wrong; one line for the operator, without what is secret in it."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Servers of one cluster, in the order in which they are tried.

    Without `demands_tls`, TLS is spoken where the server asks for it.
    """

    servers: tuple[tuple[str, int], ...]
    login: Login
    demands_tls: bool
    certificates: ssl.SSLContext


def parse(url: str) -> Cluster:
    """Read `nats://[USER:PASSWORD@|TOKEN@]HOST[:PORT],…[?ca=&cert=&key=&nkey=&creds=]`.

    `tls://` never speaks without TLS. The parameters name files. Raises ClusterError.
    """
    # Each server may be written as a URL of its own, as users of NATS are used to.
    first, *others = url.partition("?")[0].split(",")
    parts = [
        urlsplit(first),
        *(urlsplit(each if "://" in each else f"//{each}") for each in others),
    ]
    schemes = {part.scheme or parts[0].scheme for part in parts}
    if schemes not in ({"nats"}, {"tls"}):
        raise ClusterError("is not a URL such as nats://HOST:4222")
    if any(part.path.strip("/") or part.fragment for part in parts):
        raise ClusterError("has a path, which no NATS server has; write % in a password as %25")
    files = _files(url.partition("?")[2])
    return Cluster(
        tuple(_server(part.netloc) for part in parts),
        _login(parts[0].netloc, files),
        schemes == {"tls"},
        _certificates(files),
    )


def _server(netloc: str) -> tuple[str, int]:
    try:
        found = urlsplit(f"//{netloc.rpartition('@')[2]}")
        host, port = found.hostname, found.port
    except ValueError:
        host, port = None, None
    if not host:
        raise ClusterError("names no host, or a wrong port")
    return host, port or _PORT


def _files(query: str) -> dict[str, Path]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise ClusterError("has parameters that cannot be read") from None
    unknown = [name for name, _ in pairs if name not in _FILES]
    if unknown:
        raise ClusterError(
            f"has no parameter {unknown[0]!r}; there are {', '.join(sorted(_FILES))}"
        )
    return {name: Path(value) for name, value in pairs}


def _login(netloc: str, files: dict[str, Path]) -> Login:
    try:
        if "creds" in files:
            return from_creds(files["creds"])
        if "nkey" in files:
            return from_seed(files["nkey"])
    except LoginError as error:
        raise ClusterError(str(error)) from None
    user, colon, password = netloc.rpartition("@")[0].partition(":")
    if colon:
        return Login(user=unquote(user), password=unquote(password))
    return Login(token=unquote(user) or None)


def _certificates(files: dict[str, Path]) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=files.get("ca"))
        if "cert" in files:
            context.load_cert_chain(files["cert"], files.get("key"))
    except (OSError, ssl.SSLError) as error:
        raise ClusterError(f"names certificates that cannot be read: {error}") from None
    return context
