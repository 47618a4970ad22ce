from __future__ import annotations

import asyncio
import logging
import signal
import socket
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop
from uvicorn._types import ASGIApplication

from openparticipant.transport.lifecycle import Lifecycle
from openparticipant.transport.listener import Listener
from openparticipant.transport.refusal import Guard
from openparticipant.transport.sockets import origin
from openparticipant.transport.start import StartError

_LOGGER = logging.getLogger(__name__)
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Server:
    """The public and the operator's application on one event loop, from ready to drained.

    Works on any running loop, in any thread; `serve` adds the signals of a process of its own.
    """

    def __init__(
        self,
        public: ASGIApplication,
        admin: ASGIApplication,
        lifecycle: Lifecycle,
        *,
        public_socket: socket.socket,
        admin_socket: socket.socket,
        guard: Guard,
        clock: Callable[[], int],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.url = origin(public_socket, tls=tls is not None)
        self.admin_url = origin(admin_socket, tls=False)
        self._lifecycle = lifecycle
        self._interval = guard.bounds.interval
        self._clock = clock
        self._public = Listener(public, public_socket, guard, tls)
        self._admin = Listener(admin, admin_socket, guard)
        self._swept = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def connections(self) -> int:
        """How many clients are connected to the public address now."""
        return self._public.connections

    async def start(self) -> None:
        """Accept connections on both addresses; after this the server is ready."""
        self._tick()
        await self._admin.open()
        await self._public.open()
        self._lifecycle.state = "ready"

    async def drain(self, pause: float, patience: float) -> None:
        """End in order: not ready, `pause` seconds still serving, then the last answers.

        Both in seconds. What `on_drain` holds and what is being answered share `patience`; what
        has not ended by then is cut off. Returns when nothing is open any more.
        """
        self._lifecycle.state = "draining"
        _LOGGER.info("draining: %d connections", self.connections)
        self._public.dismiss()
        await asyncio.sleep(pause)
        deadline = asyncio.get_running_loop().time() + patience
        for farewell in self._lifecycle.on_drain:
            try:
                async with asyncio.timeout_at(deadline):
                    await farewell()
            except Exception:
                _LOGGER.exception("drain step failed")
        await self._public.close(deadline, self._shut)
        await self.stop()

    def _shut(self) -> None:
        for each in self._lifecycle.on_closed:
            each()

    async def stop(self) -> None:
        """End at once: cut off whatever is still open."""
        self._lifecycle.state = "draining"
        self._shut()
        await self._public.close(0)
        await self._admin.close(0)
        if self._timer is not None:
            self._timer.cancel()

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        # Armed before the work, so that a fault in one sweep does not end all further ones.
        self._timer = loop.call_later(self._interval, self._tick)
        # Sweeps are counted, not timed: a process that was stopped for a while must not blame it
        # on its clients.
        self._swept += self._interval
        at = self._clock()
        self._public.tick(self._swept, at)
        self._admin.tick(self._swept, at)


async def serve(
    server: Server,
    ready: Callable[[str, str], None],
    ending: Callable[[], None] = lambda: None,
    *,
    over: asyncio.Future[str],
    drain_pause: float,
    drain_timeout: float,
) -> int:
    """Run until SIGTERM, SIGINT or SIGHUP, drain, and return the exit status.

    `ready` is called once with both addresses, `ending` once before draining begins. The first signal drains and gives 0; a second one
    ends at once and gives 128 + its number; from then on a signal has its default effect. `over`
    ends it like a signal; then it raises StartError with the line that `over` has.
    """
    loop = asyncio.get_running_loop()
    first, second = loop.create_future(), loop.create_future()

    def caught(number: int) -> None:
        if not first.done():
            first.set_result(number)
        elif not second.done():
            second.set_result(number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, caught, number)
    try:
        await server.start()
        ready(server.url, server.admin_url)
        await asyncio.wait({first, over}, return_when=asyncio.FIRST_COMPLETED)
        ending()
        draining = asyncio.create_task(server.drain(drain_pause, drain_timeout))
        await asyncio.wait({draining, second}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
    if draining.done():
        draining.result()
        if over.done():
            raise StartError(over.result())
        return 0
    draining.cancel()
    await server.stop()
    return 128 + int(second.result())


def run(main: Coroutine[Any, Any, int]) -> int:
    """Run `main` on an event loop of its own and return its exit status."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
