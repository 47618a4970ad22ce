"""A line to an engine that a test can cut, stall, slow down and refuse."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, Self


class Cut:
    """The end of the first line on which a client says all these words, one after another."""

    def __init__(self, words: tuple[bytes, ...]) -> None:
        self._words = words
        self._said: Counter[asyncio.StreamWriter] = Counter()
        self.line: asyncio.StreamWriter | None = None
        self.happened = threading.Event()

    def hear(self, line: asyncio.StreamWriter, piece: bytes) -> None:
        """Note what a client says, whose answers go to `line`."""
        if self.line is None and self._words[self._said[line]] in piece:
            self._said[line] += 1
            if self._said[line] == len(self._words):
                self.line = line


class Proxy:
    """Listens on a port of 127.0.0.1 and passes on what it gets to a server, on its own thread.

    `server` is the path of a socket file, or a host and a port. `delay` seconds pass before each
    piece goes on. `taken` lines have come so far.
    """

    def __init__(self, server: str | tuple[str, int]) -> None:
        self._server = server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._listening: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._next_cut: Cut | None = None
        self.taken = 0
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

    def cut_at(self, *words: bytes) -> threading.Event:
        """Cut the line on which a client says these words, one after another.

        The server has answered the last one then, and the client has not heard it. The event that
        is returned tells that this has happened.
        """
        self._next_cut = Cut(words)
        return self._next_cut.happened

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
        self.taken += 1
        try:
            if isinstance(self._server, str):
                there = await asyncio.open_unix_connection(self._server)
            else:
                there = await asyncio.open_connection(*self._server)
        except OSError:
            writer.transport.abort()
            return
        self._begin(there[0], writer)
        self._begin(reader, there[1], client=writer)

    def _begin(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        client: asyncio.StreamWriter | None = None,
    ) -> None:
        self._lines.add(writer)
        task = asyncio.create_task(self._pass_on(reader, writer, client))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        client: asyncio.StreamWriter | None,
    ) -> None:
        try:
            with contextlib.suppress(OSError):
                while piece := await reader.read(65536):
                    await self._flows.wait()
                    if self.delay:
                        await asyncio.sleep(self.delay)
                    cut = self._next_cut
                    if cut and client:
                        cut.hear(client, piece)
                    elif cut and cut.line is writer:
                        cut.happened.set()
                        return
                    writer.write(piece)
                    await writer.drain()
        finally:
            writer.close()
            self._lines.discard(writer)
