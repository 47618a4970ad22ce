"""Coroutines that stop at every call of a port, until the test lets them go one step further."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from openparticipant.errors import Unavailable
from openparticipant.ports import Clock


class Gate:
    """Where one coroutine waits for its next turn; `place` says before or after what."""

    def __init__(self) -> None:
        self.place = ""
        self.arrived = asyncio.Event()
        self._turn: asyncio.Future[bool] | None = None

    async def wait(self, place: str) -> None:
        """Stop here; raise Unavailable if the turn that comes is one to fail."""
        self.place = place
        self._turn = asyncio.get_running_loop().create_future()
        self.arrived.set()
        if not await self._turn:
            raise Unavailable(f"failed on purpose {place}")

    def open(self, *, fail: bool) -> None:
        """Give the one who waits its turn."""
        assert self._turn is not None
        self.arrived.clear()
        self._turn.set_result(not fail)


class Stepped:
    """A port whose every call stops before and after it does its work."""

    def __init__(self, port: object, gate: Gate) -> None:
        self._port = port
        self._gate = gate

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        """Return the port's method with its two stops."""
        method = getattr(self._port, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            await self._gate.wait(f"before {name}")
            result = await method(*args, **kwargs)
            await self._gate.wait(f"after {name}")
            return result

        return call


class SteppedClock:
    """A clock whose sleepers wake when it is their turn."""

    def __init__(self, clock: Clock, gate: Gate) -> None:
        self._clock = clock
        self._gate = gate

    def now(self) -> int:
        """Return the present instant."""
        return self._clock.now()

    async def sleep(self, millis: int) -> None:
        """Stop until it is this sleeper's turn."""
        del millis
        await self._gate.wait("in sleep")


class Actor:
    """A coroutine that is led through its stops; it never moves by itself."""

    def __init__(self, name: str, run: Callable[[Gate], Awaitable[object]]) -> None:
        self.name = name
        self.gate = Gate()

        async def begin() -> object:
            await self.gate.wait("at the start")
            return await run(self.gate)

        self.task = asyncio.ensure_future(begin())

    def __repr__(self) -> str:
        """Say who it is and where it stands."""
        return f"<{self.name} {self.gate.place}>"

    async def step(self, *, fail: bool = False) -> None:
        """Lead it to its next stop, or to its end."""
        await self._settled()
        self.gate.open(fail=fail)
        await self._settled()

    async def kill(self) -> None:
        """Let it vanish where it stands."""
        self.task.cancel()
        await asyncio.wait([self.task])

    async def _settled(self) -> None:
        arrival = asyncio.ensure_future(self.gate.arrived.wait())
        await asyncio.wait([self.task, arrival], return_when=asyncio.FIRST_COMPLETED)
        arrival.cancel()
