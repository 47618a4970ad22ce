"""The key pairs in a database, whether or not a server runs on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from openparticipant.bootstrap.vault import Vault
from openparticipant.domain.access_key import AccessKey, Purpose
from openparticipant.limits import DOWNLOAD_URL_LIFETIME_SECONDS, SECOND
from openparticipant.ports import Clock, IdSource
from openparticipant.request_context import current
from openparticipant.settings import Settings
from openparticipant.stores import access_keys, identity
from openparticipant.stores.write import Database
from openparticipant.transport.start import StartError


class StoredKeys:
    """`AccessKeys` in a database; their secrets lie in it as `vault()` seals them.

    `outlasting` is for how many milliseconds what the built-in store signs may be used. All that
    makes a key pair raises StartError where the vault cannot be had or is not that of the database.
    """

    def __init__(
        self,
        database: Database,
        vault: Callable[[], Vault],
        ids: IdSource,
        clock: Clock,
        *,
        outlasting: int,
    ) -> None:
        self._database = database
        self._vault = vault
        self._ids = ids
        self._clock = clock
        self._outlasting = outlasting

    async def ensure(self) -> None:
        """Make what pairs are missing."""
        await self._check()
        for purpose in Purpose:
            fresh, _, stored = self._made(purpose)
            await self._database.write(partial(access_keys.ensure, fresh, stored), alone=True)

    async def pairs(self) -> list[tuple[AccessKey, str]]:
        """Return all pairs with their secrets as they are stored."""
        return await access_keys.listed(self._database)

    async def listed(self) -> list[AccessKey]:
        """See `AccessKeys`."""
        now = self._clock.now()
        return [key for key, _ in await self.pairs() if key.is_good(now)]

    async def add(self, purpose: Purpose) -> tuple[AccessKey, str]:
        """See `AccessKeys`."""
        await self._check()
        fresh, secret, stored = self._made(purpose)
        by = current.get()
        added = await self._database.write(lambda: access_keys.add(fresh, stored, by), alone=True)
        return added, secret

    async def retire(self, access_key_id: str, *, is_leaked: bool) -> AccessKey | None:
        """See `AccessKeys`."""
        now, by = self._clock.now(), current.get()
        ends = dict.fromkeys(Purpose, now)
        if not is_leaked:
            ends[Purpose.OBJECTS] += self._outlasting
        return await self._database.write(
            lambda: access_keys.retire(access_key_id, ends, now, by), alone=True
        )

    async def _check(self) -> None:
        check = self._vault().check
        if check is not None and not await self._database.write(
            lambda: identity.ensure_master_key(check), alone=True
        ):
            raise StartError(
                "the keys in this database are sealed with another master key than the one given"
            )

    def _made(self, purpose: Purpose) -> tuple[AccessKey, str, str]:
        """Return a fresh pair, its secret, and that as it is to be stored."""
        id_ = purpose.prefix + self._ids.uuid().replace("-", "").upper()[:16]
        secret = self._ids.token()
        key = AccessKey(id_, purpose, self._clock.now(), None)
        return key, secret, self._vault().sealed(secret, key.title)


def stored_keys(
    settings: Settings,
    database: Database,
    vault: Callable[[], Vault],
    ids: IdSource,
    clock: Clock,
) -> StoredKeys:
    """Return the key pairs of a server with these settings."""
    outlasting = max(settings.upload_url_lifetime, DOWNLOAD_URL_LIFETIME_SECONDS * SECOND)
    return StoredKeys(database, vault, ids, clock, outlasting=outlasting)
