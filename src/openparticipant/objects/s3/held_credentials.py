"""The credentials in use, renewed before they end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from openparticipant.errors import Unavailable
from openparticipant.limits import SECOND
from openparticipant.objects.s3.chain import Found
from openparticipant.ports import Clock
from openparticipant.sigv4 import Credentials

SHORTEST = 60  # seconds: a URL that lasts less, though more was asked, would only disappoint
_PATIENCE = 10.0  # seconds for a source of credentials to answer
_ENDLESS = 1 << 62  # milliseconds
_PAUSE = 15 * SECOND  # between two askings; a role gives new ones only minutes before the end

_log = logging.getLogger(__name__)


class HeldCredentials:
    """What `find` gave last, asked again (in a thread) when it would not last as long as needed."""

    def __init__(self, find: Callable[[], Found], clock: Clock) -> None:
        self._find = find
        self._clock = clock
        self._held: Found | None = None
        self._asked_at: int | None = None
        self._asking: asyncio.Task[Found] | None = None

    async def lasting(self, seconds: int, *, at: int) -> tuple[Credentials, int]:
        """Return credentials and for how many of these seconds, counted from `at`, they last.

        That is less where the source has none that last longer; a URL is worth no more than what
        signed it. Raises Unavailable where it would be less than a minute.
        """
        if _life(self._held, at) < seconds * SECOND and self._worth_asking():
            await self.renew()
        life = _life(self._held, at)
        if self._held is None or life < min(seconds, SHORTEST) * SECOND:
            raise Unavailable(
                "object store: the credentials end within a minute, and there are no newer ones",
                untouched=True,
            )
        return self._held.credentials, min(seconds, life // SECOND)

    async def renew(self) -> None:
        """Ask for newer credentials; if none come, those that are held stay.

        Raises Unavailable if none are held.
        """
        if self._asking is None:
            self._asked_at = self._clock.now()
            self._asking = asyncio.create_task(asyncio.to_thread(self._find))
            self._asking.add_done_callback(self._answered)
        try:
            async with asyncio.timeout(_PATIENCE):
                await asyncio.shield(self._asking)
        except TimeoutError:
            self._none("object store: no credentials: their source does not answer")
        except Unavailable as error:
            self._none(str(error))

    async def replace(self, refused: Credentials) -> bool:
        """Look for others than these, which the store refused; False if there are none."""
        if self._is_held(refused) and self._worth_asking():
            await self.renew()
        return not self._is_held(refused)

    def _is_held(self, credentials: Credentials) -> bool:
        return self._held is not None and self._held.credentials == credentials

    def _none(self, reason: str) -> None:
        if self._held is None:
            raise Unavailable(reason, untouched=True)
        _log.warning("%s; the last ones stay in use", reason)

    def _answered(self, asking: asyncio.Task[Found]) -> None:
        self._asking = None
        if not asking.cancelled() and asking.exception() is None:
            self._held = asking.result()

    def _worth_asking(self) -> bool:
        if self._asked_at is None:
            return True
        since = abs(self._clock.now() - self._asked_at)
        return since >= _PAUSE if self._asking is None else since < _PATIENCE * SECOND


def _life(found: Found | None, at: int) -> int:
    """Return the milliseconds that credentials have left, counted from the whole second of `at`."""
    if found is None:
        return 0
    return _ENDLESS if found.expires_at is None else found.expires_at - (at - at % SECOND)
