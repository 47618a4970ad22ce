"""`serve --workers N`: one process that runs others, which share its port, each a node of its own.

It holds the sockets, so that they outlive any worker, and passes signals on. A worker that dies is
started again; one that cannot start ends everything, unless others serve meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence

from openparticipant.cli.environment import Environment
from openparticipant.cli.serve import listen, listen_admin, logging_to_stderr
from openparticipant.cli.server_settings import CANNOT_START
from openparticipant.data_dir import DataDir, DataDirError
from openparticipant.settings import Loaded
from openparticipant.transport import sockets
from openparticipant.transport.start import StartError
from openparticipant.transport.supervisor import READY, STOPPING, Supervisor

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds before a worker is started again
_STEADY = 60.0  # seconds that a worker must have lived for the next one to come soon

_log = logging.getLogger("openparticipant")


def run(loaded: Loaded, words: Sequence[str], world: Environment) -> int:
    """Run workers until a signal; 0 when all have drained, 2 when they cannot start."""
    settings = loaded.settings
    try:
        with logging_to_stderr():
            for warning in loaded.warnings:
                _log.warning(warning)
            data_dir = DataDir(settings.data_dir)
            data_dir.create()
            data_dir.lock()
            public = listen(settings)
            admins = [listen_admin(settings, place) for place in range(settings.workers)]

            # Before any worker is started, none of which speaks for all.
            supervisor = Supervisor(os.environ)

            def ready(line: str) -> None:
                data_dir.write_admin(sockets.origin(admins[0], tls=False))
                world.write(line)
                supervisor.tell(READY, f"STATUS={line.strip()}")

            def ending() -> None:
                supervisor.tell(STOPPING, "STATUS=draining")

            return asyncio.run(Workers(words, public, admins, ready, ending).run())
    except (DataDirError, StartError) as error:
        world.complain(f"openparticipant: {error}\n")
        return CANNOT_START


class Workers:
    """The processes that share a port; `ready` is called once with the line that all of them say.

    `ending` is called when they begin to drain.
    """

    def __init__(
        self,
        words: Sequence[str],
        public: socket.socket,
        admins: Sequence[socket.socket],
        ready: Callable[[str], None],
        ending: Callable[[], None],
    ) -> None:
        self._told = json.dumps(list(words)).encode() + b"\n"
        self._public = public
        self._admins = admins
        self._ready = ready
        self._tell_of_end = ending
        self._lines: dict[int, str] = {}  # of those that serve now, by number
        self._processes: dict[int, asyncio.subprocess.Process] = {}
        self._signals: list[int] = []
        self._statuses: set[int] = set()
        self._is_announced = False
        self._cannot_start = False
        self._changed = asyncio.Event()
        self._ending = asyncio.Event()

    async def run(self) -> int:
        """Run until a signal, and return the exit status."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._signalled, number)
        numbers = range(1, len(self._admins) + 1)
        # The first one alone: what all share, such as the schema, is made once, and what is wrong
        # is said once.
        keepers = [asyncio.create_task(self._keep(1))]
        await self._until(lambda: 1 in self._lines)
        keepers += [asyncio.create_task(self._keep(number)) for number in numbers[1:]]
        await self._until(lambda: len(self._lines) == len(numbers))
        if not self._ending.is_set():
            self._is_announced = True
            _log.info("ready with %d workers", len(numbers))
            self._ready(self._lines[1])
        await asyncio.gather(*keepers)
        if self._cannot_start:
            return CANNOT_START
        if len(self._signals) > 1:
            return 128 + self._signals[1]
        # One that was still starting dies of the signal.
        return 0 if self._statuses <= {0, -signal.SIGTERM} else 1

    async def _keep(self, number: int) -> None:
        """Have a worker of this number until the end."""
        loop = asyncio.get_running_loop()
        pause = 0.0
        while not self._ending.is_set():
            began = loop.time()
            process = await self._start(number)
            line = await _line_of(process)
            if line:
                self._lines[number] = line
                self._changed.set()
            status = await process.wait()
            del self._processes[number]
            self._lines.pop(number, None)
            if self._ending.is_set():
                self._statuses.add(status)
                return
            if status == CANNOT_START and not (self._is_announced and self._lines):
                self._cannot_start = True
                self._end()
                return
            pause = _PAUSE if loop.time() - began >= _STEADY else min(2 * pause, _LONGEST_PAUSE)
            pause = max(pause, _PAUSE)
            _log.warning(
                "worker %d ended with status %d; the next one starts in %g s", number, status, pause
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), pause)

    async def _start(self, number: int) -> asyncio.subprocess.Process:
        public, admin = self._public.fileno(), self._admins[number - 1].fileno()
        command = (sys.executable, "-m", "openparticipant.cli.worker")
        process = await asyncio.create_subprocess_exec(
            *command,
            *(str(number), str(public), str(admin)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=(public, admin),
            # A terminal's interrupt is for this process, which passes it on.
            start_new_session=True,
        )
        self._processes[number] = process
        assert process.stdin is not None
        process.stdin.write(self._told)
        if self._ending.is_set():  # the signal came while it was started
            process.terminate()
        return process

    async def _until(self, holds: Callable[[], bool]) -> None:
        """Return once it holds, or the end has begun."""
        while not (holds() or self._ending.is_set()):
            self._changed.clear()
            await self._changed.wait()

    def _signalled(self, number: int) -> None:
        self._signals.append(number)
        self._end()

    def _end(self) -> None:
        """Let all workers drain, or if they do, end at once."""
        self._ending.set()
        self._changed.set()
        self._tell_of_end()
        for process in self._processes.values():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()


async def _line_of(process: asyncio.subprocess.Process) -> str:
    """Return what a worker says when it is ready, nothing if it ends before."""
    assert process.stdout is not None
    return (await process.stdout.readline()).decode()
