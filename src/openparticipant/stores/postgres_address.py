"""Where a PostgreSQL is: one URL, in libpq's form, that may name several servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

DEFAULT_PORT = 5432


class AddressError(ValueError):
    """The URL cannot be used; the text is one line and repeats no secret."""


@dataclass(frozen=True, slots=True)
class Address:
    """A database on one of some servers; `url` holds everything but where they are."""

    url: str
    hosts: tuple[tuple[str, int], ...]

    @property
    def shown(self) -> str:
        """The servers, for a person."""
        return ",".join(
            host if host.startswith("/") else f"{host}:{port}" for host, port in self.hosts
        )

    def dialled(self, host: str, port: int) -> Mapping[str, Any]:
        """Return what the driver is told in order to connect to one of the servers."""
        return {"dsn": self.url, "host": host, "port": port}


def parse(url: str) -> Address:
    """Read a URL `postgresql://user:password@host:port,host:port/database?parameter=…`.

    Raises AddressError.
    """
    try:
        parts = urlsplit(url)
        query = dict(
            parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        )
    except ValueError:
        raise AddressError("is not a URL") from None
    login, _, named = parts.netloc.rpartition("@")
    listed = query.pop("host", "") or unquote(named)
    port = _port(query.pop("port", "") or str(DEFAULT_PORT))
    hosts = tuple(_host(one, port) for one in listed.split(",") if one)
    if not hosts:
        raise AddressError("must name a host")
    if not parts.path.strip("/") and not (query.get("dbname") or query.get("database")):
        raise AddressError("must name a database")
    netloc = f"{login}@" if login else ""
    bare = parts._replace(netloc=netloc, query=urlencode(query), fragment="")
    return Address(bare.geturl(), hosts)


def _host(text: str, default: int) -> tuple[str, int]:
    if text.startswith("/"):
        return text, default
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise AddressError("has a host that cannot be read")
        return host, _port(rest[1:]) if rest else default
    host, colon, port = text.partition(":")
    return host, _port(port) if colon else default


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise AddressError("has a port that is not a number from 1 to 65535")
    return int(text)
