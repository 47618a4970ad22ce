"""A line to an engine that a test can cut, stall, slow down and refuse."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Self, TypeAlias

# Where a server's answers come from, and what passes them on.
Answers: TypeAlias = tuple[asyncio.StreamReader, asyncio.Task[None]]


class Proxy:
    """Listens on a port of 127.0.0.1 and passes on what it gets to a server, on its own thread.

    `server` is the path of a socket file, or a host and a port. `delay` seconds pass before each
    piece goes on.
    """

    def __init__(self, server: str | tuple[str, int]) -> None:
        self._server = server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._listening: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._last_word = b""
        self._times = 0
        self.delay = 0.0
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]

    def __enter__(self) -> Self:
        self._thread.start()
        self.resume()
        self.accept()
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Reset all lines there are; new ones are taken."""
        self._call(self._cut)

    def cut_at(self, word: bytes, time: int = 1) -> None:
        """Cut the line on which a client says this for that time, once the server has answered."""
        self._last_word = word
        self._times = time

    def refuse(self) -> None:
        """Reset all lines and take no new ones."""
        self._run(self._refuse())

    def accept(self) -> None:
        """Take lines, again."""
        self._run(self._accept())

    def stall(self) -> None:
        """Pass nothing on, and neither refuse nor hang up."""
        self._call(self._flows.clear)

    def resume(self) -> None:
        """Pass on what has been kept and what comes."""
        self._call(self._flows.set)

    def _call(self, do: Callable[[], object]) -> None:
        async def call() -> None:
            do()

        self._run(call())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _accept(self) -> None:
        if self._listening is None:
            self._listening = await asyncio.start_server(self._take, "127.0.0.1", self.port)

    async def _refuse(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        self._cut()

    def _cut(self) -> None:
        for line in tuple(self._lines):
            line.transport.abort()

    async def _end(self) -> None:
        await self._refuse()
        for task in self._passing:
            task.cancel()
        if self._passing:
            await asyncio.wait(self._passing)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if isinstance(self._server, str):
                there = await asyncio.open_unix_connection(self._server)
            else:
                there = await asyncio.open_connection(*self._server)
        except OSError:
            writer.transport.abort()
            return
        back = self._begin(there[0], writer)
        self._begin(reader, there[1], (there[0], back))

    def _begin(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answers: Answers | None = None,
    ) -> asyncio.Task[None]:
        self._lines.add(writer)
        task = asyncio.create_task(self._pass_on(reader, writer, answers))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)
        return task

    def _is_last(self, piece: bytes) -> bool:
        if not self._times or self._last_word not in piece:
            return False
        self._times -= 1
        return self._times == 0

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answers: Answers | None,
    ) -> None:
        try:
            with contextlib.suppress(OSError):
                while piece := await reader.read(65536):
                    await self._flows.wait()
                    if self.delay:
                        await asyncio.sleep(self.delay)
                    is_last = answers and self._is_last(piece)
                    if answers and is_last:
                        answers[1].cancel()
                        await asyncio.wait([answers[1]])
                    writer.write(piece)
                    await writer.drain()
                    if answers and is_last:
                        await answers[0].read(65536)
                        return
        finally:
            writer.close()
            self._lines.discard(writer)
