"""The key pairs of a database, which are made when it has none."""

from __future__ import annotations

import logging
from hashlib import sha256

from openparticipant.master_key import MasterKey
from openparticipant.ports import Clock, IdSource
from openparticipant.sigv4 import Credentials
from openparticipant.stores import access_keys, identity
from openparticipant.stores.write import Database
from openparticipant.transport.start import StartError

_log = logging.getLogger(__name__)


class KeyRing:
    """The key pairs of a database; `master` seals them, None leaves them as they are."""

    def __init__(
        self, database: Database, master: MasterKey | None, ids: IdSource, clock: Clock
    ) -> None:
        self._database = database
        self._master = master
        self._ids = ids
        self._clock = clock

    async def check(self) -> None:
        """Raise StartError if the keys of this database are sealed with another master key."""
        master = self._master
        if master is None:
            return
        if not await self._database.write(
            lambda: identity.ensure_master_key(master.check), alone=True
        ):
            raise StartError(
                "the keys in this database are sealed with another master key than the one given"
            )

    async def pairs(self, purpose: str, prefix: str) -> list[Credentials]:
        """Return the key pairs of a purpose, newest first; access key ids begin with `prefix`.

        Raises StartError where one cannot be unsealed.
        """
        fresh = prefix + self._ids.uuid().replace("-", "").upper()[:16]
        stored = self._sealed(self._ids.token(), f"{purpose} {fresh}")
        now = self._clock.now()
        found = await self._database.write(
            lambda: access_keys.ensure(purpose, fresh, stored, now), alone=True
        )
        return [Credentials(each, self._opened(it, f"{purpose} {each}")) for each, it in found]

    def _sealed(self, secret: str, about: str) -> str:
        if self._master is None:
            return secret
        from openparticipant.sealing import seal  # noqa: PLC0415 - needs an extra

        chance = sha256(self._ids.token().encode()).digest()
        return seal(secret, self._master, about=about, chance=chance)

    def _opened(self, stored: str, about: str) -> str:
        if self._master is None:
            return stored
        from openparticipant.sealing import SealError, unseal  # noqa: PLC0415 - needs an extra

        try:
            return unseal(stored, self._master, about=about)
        except SealError:
            raise StartError(
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
