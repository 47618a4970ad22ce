"""The key pairs of a database, as one node knows them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from openparticipant.bootstrap.access_keys import StoredKeys
from openparticipant.bootstrap.vault import BrokenSealError, Vault
from openparticipant.domain.access_key import AccessKey, Purpose
from openparticipant.operations.looking import look_again
from openparticipant.ports import Clock
from openparticipant.sigv4 import Credentials
from openparticipant.transport.start import StartError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Pair:
    key: AccessKey
    stored: str
    credentials: Credentials


class KeyRing:
    """`AccessKeys` of a node that runs, and the look-ups of whoever signs and checks there.

    `vault` unseals what is `stored`. Whoever is in `on_change` is called when another key pair has
    become the newest of the control plane.
    """

    def __init__(self, stored: StoredKeys, vault: Vault, clock: Clock) -> None:
        self._stored = stored
        self._vault = vault
        self._clock = clock
        self._pairs: dict[str, _Pair] = {}
        self._broken: set[str] = set()
        self._looking = asyncio.Lock()
        self._looks = 0
        self.on_change: list[Callable[[Credentials], None]] = []

    async def open(self) -> None:
        """Make what pairs are missing, and learn all.

        Raises StartError where one cannot be unsealed, or the master key is not the database's.
        """
        await self._stored.ensure()
        try:
            for key, stored in await self._stored.pairs():
                self._hold(key, stored)
        except BrokenSealError as error:
            raise StartError(str(error)) from None

    def find(self, purpose: Purpose, access_key_id: str) -> Credentials | None:
        """Return the key pair of that id if what it signs is admitted, as far as is known here."""
        pair = self._pairs.get(access_key_id)
        if (
            pair is None
            or pair.key.purpose is not purpose
            or not pair.key.is_good(self._clock.now())
        ):
            return None
        return pair.credentials

    def newest(self, purpose: Purpose) -> Credentials:
        """Return the key pair to sign with."""
        signing = [
            pair
            for pair in self._pairs.values()
            if pair.key.purpose is purpose and pair.key.retires_at is None
        ]
        return max(signing, key=lambda pair: pair.key.created_at).credentials

    async def look(self) -> None:
        """Learn what other nodes changed: what was recorded before this call is known after it.

        However many ask, one look goes on at a time, and those who came meanwhile share the next.
        Raises Unavailable.
        """
        looks = self._looks
        async with self._looking:
            if self._looks > looks:
                return  # it began after this call
            self._looks += 1
            before = self.newest(Purpose.CONTROL)
            found = await self._stored.pairs()
            for gone in self._pairs.keys() - {key.id for key, _ in found}:
                del self._pairs[gone]
            for key, stored in found:
                try:
                    self._hold(key, stored)
                except BrokenSealError as error:
                    if stored not in self._broken:  # once, not once a second
                        _log.error("%s", error)
                    self._broken.add(stored)
            newest = self.newest(Purpose.CONTROL)
            if newest != before:
                for tell in self.on_change:
                    tell(newest)

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        await look_again(self._clock, self.look, "key pairs")

    async def listed(self) -> list[AccessKey]:
        """See `AccessKeys`."""
        return await self._stored.listed()

    async def add(self, purpose: Purpose) -> tuple[AccessKey, str]:
        """See `AccessKeys`."""
        added = await self._stored.add(purpose)
        await self.look()
        return added

    async def retire(self, access_key_id: str, *, is_leaked: bool) -> AccessKey | None:
        """See `AccessKeys`."""
        retired = await self._stored.retire(access_key_id, is_leaked=is_leaked)
        await self.look()
        return retired

    def _hold(self, key: AccessKey, stored: str) -> None:
        held = self._pairs.get(key.id)
        if held is not None and held.stored == stored:
            credentials = held.credentials
        else:
            credentials = Credentials(key.id, self._vault.opened(stored, key.title))
        self._pairs[key.id] = _Pair(key, stored, credentials)
