"""Under which addresses a node is reached, and how it proves to be behind them."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from openparticipant.bootstrap.foundation import Foundation
from openparticipant.bootstrap.objects import is_s3, s3
from openparticipant.data_dir import DataDir
from openparticipant.settings import Settings
from openparticipant.transport import tls
from openparticipant.transport.chat_page.door import Door
from openparticipant.transport.sockets import origin
from openparticipant.transport.start import StartError


@dataclass(frozen=True, slots=True)
class Addresses:
    """The origins that clients are told, and what belongs to them.

    `ca_bundle` is the CA that clients must be told of. `chat_page` is None unless it is wanted.
    """

    public_url: str
    objects_url: str
    certificate: ssl.SSLContext | None
    ca_bundle: Path | None
    chat_page: Door | None


def find(settings: Settings, data_dir: DataDir, on: Foundation) -> Addresses:
    """Read the addresses off the settings and the listening socket. Raises StartError."""
    certificate, ca_bundle = _tls(settings, data_dir, on.clock.now())
    public_url = settings.public_url or _local_origin(on.public_socket, tls=certificate is not None)
    return Addresses(
        public_url,
        settings.objects_url
        or (s3().bucket_of(settings).origin if is_s3(settings) else public_url),
        certificate,
        ca_bundle,
        _chat_page_door(settings, public_url),
    )


def _tls(
    settings: Settings, data_dir: DataDir, now: int
) -> tuple[ssl.SSLContext | None, Path | None]:
    """Return how to serve TLS, if at all, and the CA that clients must be told of."""
    if settings.tls == "auto":
        names = tls.certified_names(settings.host, settings.public_url)
        return tls.automatic(data_dir.path / "tls", names, at=now)
    if settings.tls_cert is not None:
        return tls.context(settings.tls_cert, settings.tls_key), None
    return None, None


def _local_origin(listening: socket.socket, *, tls: bool) -> str:
    """Return the address for URLs when none was configured.

    That is where the server listens; where it does so on every address, 127.0.0.1, which browsers
    take without TLS.
    """
    address = origin(listening, tls=tls)
    if ipaddress.ip_address(listening.getsockname()[0]).is_unspecified:
        return f"{'https' if tls else 'http'}://127.0.0.1:{urlsplit(address).port}"
    return address


def _chat_page_door(settings: Settings, public_url: str) -> Door | None:
    if not settings.demo:
        return None
    door = Door(public_url)
    if not door.is_local:
        raise StartError(
            f"--demo is for this machine only, and {public_url} is an address that others reach"
        )
    return door
