"""One run of a command that reads a file, from its start to the end of its process group."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from typing import Any

_COMPLAINT = 2000  # bytes of its stderr that are kept
_LAST_WORDS = 1.0  # seconds for what it said to arrive
_PIECE = 64 * 1024


class Run:
    """A process that leads a process group, with a pipe to its standard input.

    Started by the standard library, which closes every file but its own three. An event loop's own
    processes leave some open, or are over only when nobody at all has their pipes open any more,
    which may be anybody that the command started; this one is over with the command.

    It stays a zombie until `close`: the number of its group is nobody else's before that.
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
        self._exited = self._loop.run_in_executor(None, _ended, self._process.pid)

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

    async def end_of_file(self) -> None:
        """Tell it that this was all, and wait for its end."""
        self._stdin.close()
        await asyncio.wait([self._exited])

    async def close(self) -> int:
        """End its process group, and return the status of the command.

        A process that has left the group, for a session or a group of its own, goes on.
        """
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        reaping = self._loop.run_in_executor(None, self._process.wait)
        try:
            status = await asyncio.shield(reaping)
            await asyncio.wait([self._silent], timeout=_LAST_WORDS)
        finally:
            self._loop.remove_reader(self._stderr.fileno())
            self._stdin.close()
            self._stderr.close()
        return status

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


def _ended(pid: int) -> None:
    """Return when a process has ended, and leave it to be reaped."""
    if sys.platform == "darwin":  # where waitid is as young as Python 3.13
        import select  # noqa: PLC0415 - what is used of it is not there elsewhere

        queue = select.kqueue()
        with contextlib.closing(queue):
            # Of one that has ended before, it says at once that there is no such process.
            ends = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
            queue.control([ends], 1)
    else:
        with contextlib.suppress(ChildProcessError):  # `close` was quicker
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
