"""One run of a command that reads a file, from its start to the end of all that it started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from typing import Any

_COMPLAINT = 2000  # bytes of its stderr that are kept
_LAST_WORDS = 1.0  # seconds for what it said to arrive
_PIECE = 64 * 1024


class Run:
    """A process that leads a process group, with a pipe to its standard input.

    Started by the standard library, which closes every file but its own three. An event loop's own
    processes leave some open, or are over only when nobody at all has their pipes open any more,
    which may be anybody that the command started; this one is over with the command.
    """

    def __init__(self, path: str) -> None:
        """Start the program; raises OSError."""
        self._loop = asyncio.get_running_loop()
        self._process = subprocess.Popen(  # noqa: S603 - what the operator has set
            [path],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={"PATH": os.defpath},
            cwd="/",
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        self._stdin, self._stderr = self._process.stdin, self._process.stderr
        os.set_blocking(self._stdin.fileno(), False)
        os.set_blocking(self._stderr.fileno(), False)
        self.said = b""
        self._silent = self._loop.create_future()
        self._loop.add_reader(self._stderr.fileno(), self._listen)
        self._exited = self._loop.run_in_executor(None, self._process.wait)

    @property
    def has_ended(self) -> bool:
        """Whether it reads no more."""
        return self._exited.done()

    async def write(self, piece: bytes) -> None:
        """Hand it a piece; what it does not want to read, because it has ended, is dropped."""
        rest = memoryview(piece)
        with contextlib.suppress(BrokenPipeError):
            while rest and not self.has_ended:
                try:
                    rest = rest[os.write(self._stdin.fileno(), rest) :]
                except BlockingIOError:
                    await self._writable()

    async def end_of_file(self) -> int:
        """Tell it that this was all, wait for its end, and return its status."""
        self._stdin.close()
        return await asyncio.shield(self._exited)

    async def close(self) -> None:
        """End it and what it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await asyncio.wait([self._exited])
        await asyncio.wait([self._silent], timeout=_LAST_WORDS)
        self._loop.remove_reader(self._stderr.fileno())
        self._stdin.close()
        self._stderr.close()

    async def _writable(self) -> None:
        """Return when it has read something, or has ended."""
        writable = asyncio.Event()
        waiting: asyncio.Future[Any] = asyncio.ensure_future(writable.wait())
        descriptor = self._stdin.fileno()
        self._loop.add_writer(descriptor, writable.set)
        try:
            await asyncio.wait({waiting, self._exited}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._loop.remove_writer(descriptor)
            waiting.cancel()

    def _listen(self) -> None:
        """Keep the beginning of what it complains of."""
        try:
            heard = os.read(self._stderr.fileno(), _PIECE)
        except BlockingIOError:
            return
        self.said = (self.said + heard)[:_COMPLAINT]
        if not heard:
            self._loop.remove_reader(self._stderr.fileno())
            self._silent.set_result(None)
