"""Secrets sealed with the master key: AES-256-GCM.

What a secret belongs to is part of the seal, so that no two can be put in each other's place. Needs
the extra `postgres`; whoever imports this module answers for its absence.
"""

from __future__ import annotations

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from openparticipant.master_key import MasterKey

_FORM = "v1:"
_NONCE = 12  # bytes


class SealError(Exception):
    """What is stored was not sealed by this master key for this purpose, or was changed."""


def seal(secret: str, key: MasterKey, *, about: str, chance: bytes) -> str:
    """Return the sealed form of a secret; `chance` is at least 12 random bytes, used once."""
    nonce = chance[:_NONCE]
    sealed = AESGCM(key.sealing_key).encrypt(nonce, secret.encode(), about.encode())
    return _FORM + base64.b64encode(nonce + sealed).decode()


def unseal(stored: str, key: MasterKey, *, about: str) -> str:
    """Return the secret. Raises SealError."""
    form, whole = stored[: len(_FORM)], stored[len(_FORM) :]
    try:
        sealed = base64.b64decode(whole, validate=True)
        secret = AESGCM(key.sealing_key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
    except (InvalidTag, ValueError):
        raise SealError(about) from None
    if form != _FORM:
        raise SealError(about)
    return secret.decode()
