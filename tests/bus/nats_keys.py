"""NKEYs and the JWTs that they sign, as NATS's own tools make them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_SEED = 18 << 3
_KINDS = {"operator": 14 << 3, "account": 0, "user": 20 << 3}


class NatsKey:
    """A key pair of an operator, an account or a user."""

    def __init__(self, kind: str) -> None:
        self._kind = _KINDS[kind]
        self._private = Ed25519PrivateKey.generate()

    @property
    def public(self) -> str:
        """The key that a server knows."""
        return _text(bytes([self._kind]) + self._private.public_key().public_bytes_raw())

    @property
    def seed(self) -> str:
        """The secret."""
        head = bytes([_SEED | self._kind >> 5, (self._kind & 31) << 3])
        return _text(head + self._private.private_bytes_raw())

    def certify(self, other: NatsKey, kind: str) -> str:
        """Return a JWT by which this key vouches for another."""
        claims: dict[str, Any] = {
            "iat": 1_700_000_000,
            "iss": self.public,
            "sub": other.public,
            "name": kind,
            "nats": {"type": kind, "version": 2, **_LIMITS[kind]},
        }
        claims["jti"] = _base64(hashlib.sha256(json.dumps(claims).encode()).digest())
        head = _base64(json.dumps({"typ": "JWT", "alg": "ed25519-nkey"}).encode())
        body = f"{head}.{_base64(json.dumps(claims).encode())}"
        return f"{body}.{_base64(self._private.sign(body.encode()))}"


_EVERYTHING = {"subs": -1, "data": -1, "payload": -1}
_LIMITS: dict[str, dict[str, Any]] = {
    "operator": {},
    "account": {"limits": {**_EVERYTHING, "imports": -1, "exports": -1, "conn": -1, "leaf": -1}},
    "user": {**_EVERYTHING, "pub": {}, "sub": {}},
}


def credentials(jwt: str, seed: str) -> str:
    """Return a file of credentials."""
    return (
        f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n"
        "************************* IMPORTANT *************************\n"
        f"-----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    )


def _text(data: bytes) -> str:
    checksum = binascii.crc_hqx(data, 0).to_bytes(2, "little")
    return base64.b32encode(data + checksum).decode().rstrip("=")


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
