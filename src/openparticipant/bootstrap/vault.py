"""What the secrets in a database look like: sealed with the master key, if there is one."""

from __future__ import annotations

import hmac
import logging
from hashlib import sha256

from openparticipant.master_key import MasterKey
from openparticipant.ports import IdSource
from openparticipant.transport.start import StartError

_log = logging.getLogger(__name__)


class BrokenSealError(Exception):
    """What is stored was not sealed for this key pair by this master key; one line."""


class Vault:
    """Seals with a master key and unseals; without one it leaves secrets as they are."""

    def __init__(self, master: MasterKey | None, ids: IdSource) -> None:
        self._master = master
        self._ids = ids

    @property
    def check(self) -> str | None:
        """What tells the master key from another one; None where there is none."""
        return self._master.check if self._master else None

    def bus_secret(self, identity: str) -> str:
        """Return what the nodes of one database, known by `identity`, share beside it.

        Who has no master key is alone with its database, and shares nothing.
        """
        if self._master is None:
            return self._ids.token()
        return hmac.digest(self._master.bus_key, identity.encode(), sha256).hex()

    def sealed(self, secret: str, about: str) -> str:
        """Return the form in which the secret of `about` may be stored."""
        if self._master is None:
            return secret
        from openparticipant.sealing import seal  # noqa: PLC0415 - needs an extra

        chance = sha256(self._ids.token().encode()).digest()
        return seal(secret, self._master, about=about, chance=chance)

    def opened(self, stored: str, about: str) -> str:
        """Return the secret of `about`. Raises BrokenSealError."""
        if self._master is None:
            return stored
        from openparticipant.sealing import SealError, unseal  # noqa: PLC0415 - needs an extra

        try:
            return unseal(stored, self._master, about=about)
        except SealError:
            raise BrokenSealError(
                f"the key of {about} in this database cannot be unsealed: it has been changed"
            ) from None


def master_key(given: MasterKey | None, *, is_needed: bool) -> MasterKey | None:
    """Return what seals the keys of the database, if anything has to. Raises StartError."""
    if not is_needed:
        if given is not None:
            _log.warning("the master key has no effect: the database lies in the data directory")
        return None
    if given is None:
        raise StartError(
            "a database elsewhere needs a master key, which seals the keys in it: "
            "openssl rand -base64 32 > FILE makes one, --master-key-file FILE gives it"
        )
    try:
        from openparticipant import sealing  # noqa: F401, PLC0415 - only whether it can be had
    except ImportError:
        raise StartError(
            "a master key needs the extra \"postgres\": pip install 'openparticipant[postgres]'"
        ) from None
    return given
