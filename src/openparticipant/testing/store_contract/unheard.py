"""A store whose answers are lost on the way, so that everything is asked for twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from openparticipant.ports import ContactStore
from openparticipant.testing.store_contract.scene import OpenStore

_ASKED_AGAIN = frozenset(
    {
        *("start_contact", "create_participant", "stop_contact", "connect", "join", "disconnect"),
        *("send", "acknowledge", "propose", "claim", "approve", "hand_over"),
    }
)


class Unheard:
    """Stands before a store; what changes something is carried out, and then asked for again.

    A rule that holds of the store holds of this, too: the second answer is as good as the first.
    """

    def __init__(self, store: ContactStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        """Return a method of the store, or one that calls it twice."""
        call = getattr(self._store, name)
        return _twice(call) if name in _ASKED_AGAIN else call


def unheard(open_store: OpenStore) -> OpenStore:
    """Return what opens the same store, which is then asked for everything twice."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[ContactStore]:
        async with open_store() as store:
            yield cast(ContactStore, Unheard(store))

    return opened


def _twice(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def asked(*arguments: Any, **named: Any) -> Any:
        await call(*arguments, **named)
        return await call(*arguments, **named)

    return asked
