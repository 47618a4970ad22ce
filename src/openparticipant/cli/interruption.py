"""Ctrl-C and its kin while files are on their way: the first one stops in order, the next at once."""

from __future__ import annotations

import signal
from copy import copy
from threading import Lock, current_thread, get_ident, main_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from openparticipant.cli.client import Client
    from openparticipant.cli.http import Exchange

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StoppedError(Exception):
    """Nothing new is begun any more."""


class Interruption:
    """Stands between a client's threads and the network, and lets go of both when asked to.

    A first signal is only noted, in `signal`; whoever waits for the threads looks there and calls
    `stop`. A second one ends the program.
    """

    def __init__(self, client: Client) -> None:
        self.signal = 0
        self._lock = Lock()
        self._stopped = False
        # A thread has one connection at a time.
        self._exchanges: dict[int, Exchange] = {}
        self._held: set[int] = set()
        self._handlers: dict[int, Any] = {}
        self._sleep = client.world.sleep
        client.world = copy(client.world)
        client.world.sleep = self._pause
        # A line about a pause would run into the table.
        client.world.stderr_is_terminal = False
        client.reach.opened = self._opened

    def __enter__(self) -> Self:
        """Listen to signals, but to those that somebody wants ignored."""
        if current_thread() is main_thread():
            for number in _ENDING:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._handlers[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    @property
    def stopped(self) -> bool:
        """Tell whether threads are to come to their end."""
        return self._stopped

    def hold(self) -> None:
        """Let the calling thread finish what it begins now; raises StoppedError when too late."""
        with self._lock:
            if self._stopped:
                raise StoppedError
            self._held.add(get_ident())

    def release(self) -> None:
        """Take `hold` back."""
        with self._lock:
            self._held.discard(get_ident())

    def stop(self) -> None:
        """Cut the connections of all threads that are not in their last step."""
        with self._lock:
            self._stopped = True
            free = [each for at, each in self._exchanges.items() if at not in self._held]
        for exchange in free:
            exchange.cut()

    def _note(self, number: int, _: object) -> None:
        if self.signal:
            raise SystemExit(128 + number)
        self.signal = number

    def _opened(self, exchange: Exchange) -> None:
        with self._lock:
            self._refuse_when_stopped()
            self._exchanges[get_ident()] = exchange

    def _pause(self, seconds: float) -> None:
        self._refuse_when_stopped()
        self._sleep(seconds)
        self._refuse_when_stopped()

    def _refuse_when_stopped(self) -> None:
        if self._stopped and get_ident() not in self._held:
            raise StoppedError
