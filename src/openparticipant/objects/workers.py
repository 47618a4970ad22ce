from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Workers:
    """The threads that wait for the disk, so that the event loop does not."""

    def __init__(self, count: int) -> None:
        self._executor = ThreadPoolExecutor(count, thread_name_prefix="objects")

    def submit(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Begin `work` in a thread; work is begun in the order in which it was submitted."""
        return asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def run(self, work: Callable[[], T]) -> T:
        """Do `work` in a thread, to its end even if the caller is cancelled."""
        return await asyncio.shield(self.submit(work))

    def close(self) -> None:
        """Finish what was begun and end the threads."""
        self._executor.shutdown(wait=True)
