"""How a client proves to a NATS server who it is: password, token, NKEY, or a file of credentials.

NKEYs are Ed25519 keys in base32 with a checksum; a server sends a nonce, and the key signs it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_SEED_OF_USER = bytes([18 << 3 | 20 >> 2, 20 << 6 & 0xFF])  # "SU", and 6 bits that are left over
_PUBLIC_USER = bytes([20 << 3])
_SEED_LENGTH = 32
_BLOCK = r"-+BEGIN {0}-+\s+([A-Za-z0-9_=.-]+?)\s+-+END {0}-+"
_JWT = re.compile(_BLOCK.format("NATS USER JWT"))
_SEED = re.compile(_BLOCK.format("USER NKEY SEED"))


class LoginError(Exception):
    """A file holds no key that can be used; what is wrong with the URL that names it."""


@dataclass(frozen=True, slots=True, repr=False)
class Login:
    """What a client shows. `sign` answers the server's nonce, for `nkey` or `jwt`."""

    user: str | None = None
    password: str | None = None
    token: str | None = None
    nkey: str | None = None
    jwt: str | None = None
    sign: Callable[[bytes], bytes] | None = None

    def claims(self, nonce: str) -> dict[str, str]:
        """Return the members of CONNECT that prove it."""
        members = {
            "user": self.user,
            "pass": self.password,
            "auth_token": self.token,
            "nkey": self.nkey,
            "jwt": self.jwt,
        }
        if self.sign is not None:
            signature = base64.urlsafe_b64encode(self.sign(nonce.encode()))
            members["sig"] = signature.decode().rstrip("=")
        return {name: value for name, value in members.items() if value is not None}


def from_seed(path: Path) -> Login:
    """Read a file that holds the seed of a user's NKEY. Raises LoginError."""
    public, sign = _key(_text(path).strip(), path)
    return Login(nkey=public, sign=sign)


def from_creds(path: Path) -> Login:
    """Read a file of credentials: a user's JWT and seed. Raises LoginError."""
    text = _text(path)
    jwt, seed = _JWT.search(text), _SEED.search(text)
    if jwt is None or seed is None:
        raise LoginError(f"names {path}, which is no file of NATS credentials")
    return Login(jwt=jwt[1], sign=_key(seed[1], path)[1])


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise LoginError(f"names {path}, which cannot be read: {reason}") from None


def _key(seed: str, path: Path) -> tuple[str, Callable[[bytes], bytes]]:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - few need it
            Ed25519PrivateKey,
        )
    except ImportError:
        raise LoginError(
            "names an NKEY, which needs the extra \"nats\": pip install 'openparticipant[nats]'"
        ) from None
    try:
        raw = base64.b32decode(seed + "=" * (-len(seed) % 8))
    except binascii.Error:
        raw = b""
    prefix, secret, checksum = raw[:2], raw[2:-2], raw[-2:]
    if prefix != _SEED_OF_USER or len(secret) != _SEED_LENGTH or _checksum(raw[:-2]) != checksum:
        raise LoginError(f"names {path}, which does not hold the seed of a user's NKEY")
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public = _PUBLIC_USER + private.public_key().public_bytes_raw()
    text = base64.b32encode(public + _checksum(public)).decode().rstrip("=")
    return text, private.sign


def _checksum(data: bytes) -> bytes:
    return binascii.crc_hqx(data, 0).to_bytes(2, "little")
