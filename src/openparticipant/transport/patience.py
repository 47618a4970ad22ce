"""How long a request waits for a database that is away, and what may be tried again.

A browser client ends its chat for good when CreateParticipantConnection fails, whatever the status:
that call, and the WebSocket that follows it, are held for as long as a restart of a database takes.
All others are told soon that they have to come back.

Only what certainly changed nothing is tried again, or what may be done twice: a read, or a write
that its client token or its nature makes the same. An operation begins anew then; what it had
written before the failure is overtaken, such as a token that nobody was given.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from openparticipant.errors import Unavailable
from openparticipant.ports import Engine

CONNECTING = 25.0
"""Seconds for whom a failure would be the end; browsers give up on a request after 30 or more."""
ORDINARY = 2.0
"""Seconds for all others."""

_PAUSE = 0.1
# The whole operation may be done twice. A Complete may not: its second try would meet the lease of
# the first.
_REPEATABLE = frozenset(
    {
        "CreateParticipantConnection",
        "DescribeContact",
        "DescribeView",
        "GetAttachment",
        "GetContactTranscript",
        "GetTranscript",
        "ListContacts",
        "SendEvent",
    }
)
_REPEATABLE_BY_TOKEN = frozenset(
    {"CreateParticipant", "SendMessage", "StartAttachmentUpload", "StartChatContact"}
)

T = TypeVar("T")


def seconds_for(operation: str) -> float:
    """Return how long a request of an operation is held."""
    return CONNECTING if operation == "CreateParticipantConnection" else ORDINARY


def is_repeatable(operation: str, request: Any) -> bool:
    """Tell whether a request may be carried out again when nobody knows if it was before."""
    return operation in _REPEATABLE or (
        operation in _REPEATABLE_BY_TOKEN and bool(request.client_token)
    )


class Patience:
    """Carries attempts out, again and again while the database is away."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    async def hold(
        self,
        attempt: Callable[[], Awaitable[T]],
        *,
        began: float,
        seconds: float,
        repeatable: bool,
    ) -> T:
        """Return what an attempt returns, the first that is not stopped by an engine.

        `began` is the moment, as `time.perf_counter` tells it, from which `seconds` count. Raises
        `Unavailable` when they are over, or at once where nobody knows what the attempt left.
        """
        if self._database.trouble is None:
            try:
                return await attempt()
            except Unavailable as error:
                if not (error.untouched or repeatable):
                    raise
                failed = error
        else:
            failed = Unavailable(self._database.trouble, untouched=True)
        give_up_at = began + seconds
        while (left := give_up_at - time.perf_counter()) > 0:
            try:
                # A frozen server does not even refuse, and its driver waits longer than we may.
                async with asyncio.timeout(left) as limit:
                    return await attempt()
            except TimeoutError:
                if not limit.expired():
                    raise
                failed = Unavailable(self._database.trouble or "database: no answer in time")
                break
            except Unavailable as error:
                failed = error
                if not (error.untouched or repeatable):
                    break
            await asyncio.sleep(_PAUSE)
        raise failed

    async def look(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Return what is read, if the database answers within the time for ordinary requests."""
        return await self.hold(
            attempt, began=time.perf_counter(), seconds=ORDINARY, repeatable=True
        )
