"""The service as a patient client sees it: it asks again until it knows."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import aiohttp

_PATIENCE = 180.0  # seconds, of which a fault takes at most some twenty
_ONE_TRY = 60.0  # more than nginx waits for a node
_PAUSE = 0.3
_BROWSERS_TRIES = 3  # after as many failures of one call a browser's chat is over


class WrongAnswerError(AssertionError):
    """The service said something that no outage excuses, or nothing at all for too long."""


class Service:
    """Calls over connections that are kept, and what became of them.

    An answer of 500 and above, or none, is a call that is made again: whoever calls sees to it that
    this is safe. `tried_again` counts those by operation; `too_often` those by which a browser's
    chat would have ended.
    """

    def __init__(self, origin: str, session: aiohttp.ClientSession) -> None:
        self.origin = origin
        self.session = session
        self.answered: Counter[str] = Counter()
        self.tried_again: Counter[str] = Counter()
        self.too_often: Counter[str] = Counter()

    async def call(self, path: str, bearer: str, body: Any, *expected: int) -> Any:
        """Call an operation of the participant plane until it is answered; return the answer.

        Raises WrongAnswerError for a status that is neither 200 nor `expected`; for an expected one
        returns None.
        """
        headers = {"content-type": "application/json", "x-amz-bearer": bearer}
        status, content = await self._ask(
            path,
            "POST",
            f"{self.origin}/participant/{path}",
            json.dumps(body).encode(),
            headers,
            expected,
        )
        return json.loads(content) if status == 200 else None

    async def presigned(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str]
    ) -> bytes:
        """Follow a pre-signed URL until it is answered; return the body of the answer."""
        _, content = await self._ask(method, method, url, body, headers, ())
        return content

    async def _ask(
        self,
        name: str,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        expected: tuple[int, ...],
    ) -> tuple[int, bytes]:
        failures = 0
        try:
            async with asyncio.timeout(_PATIENCE):
                while True:
                    status, content = await self._try(method, url, body, headers)
                    if status == 200 or status in expected:
                        self.answered[name] += 1
                        return status, content
                    if 0 < status < 500:
                        raise WrongAnswerError(f"{name}: {status} {content[:300]!r}")
                    failures += 1
                    self.tried_again[name] += 1
                    self.too_often[name] += failures == _BROWSERS_TRIES
                    await asyncio.sleep(_PAUSE)
        except TimeoutError:
            raise WrongAnswerError(f"{name}: no answer for {_PATIENCE:.0f} s") from None

    async def _try(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        try:
            async with (
                asyncio.timeout(_ONE_TRY),
                self.session.request(method, url, data=body, headers=headers) as answer,
            ):
                return answer.status, await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0, b""
