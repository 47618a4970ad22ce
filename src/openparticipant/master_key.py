"""The master key, which seals the secrets that lie in a database of others."""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256

_BYTES = 32


class MasterKey:
    """32 secret bytes, known to no repr; what is derived of them serves one purpose each."""

    def __init__(self, secret: bytes) -> None:
        self.sealing_key = hmac.digest(secret, b"openparticipant sealing", sha256)
        self.bus_key = hmac.digest(secret, b"openparticipant bus", sha256)
        self.check = hmac.digest(secret, b"openparticipant check value", sha256).hex()
        """Tells this key from another one, and nothing about it."""

    @classmethod
    def read(cls, text: str) -> MasterKey:
        """Read the base64 form. Raises ValueError, whose text does not repeat the secret."""
        try:
            secret = base64.b64decode(text.strip(), validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        if len(secret) != _BYTES:
            raise ValueError(
                f"must be {_BYTES} bytes in base64, as openssl rand -base64 {_BYTES} makes them"
            )
        return cls(secret)
