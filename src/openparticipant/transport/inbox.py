"""What has come over one connection and was not looked at yet."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """As much of `asyncio.Queue` as one reader needs; empty, it takes 3 KiB less."""

    __slots__ = ("_news", "_waiter")

    def __init__(self) -> None:
        self._news: list[T] = []
        self._waiter: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        """Tell whether nothing waits."""
        return not self._news

    def put_nowait(self, one: T) -> None:
        """Add one."""
        self._news.append(one)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self) -> T:
        """Take the oldest, once there is one."""
        while not self._news:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._news.pop(0)
