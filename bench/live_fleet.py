"""Many clients of one server, in a process of its own on the core of the load.

    python -m bench.live_fleet idle  URL COUNT            COUNT plain sockets to one address
    python -m bench.live_fleet idle  ORIGIN FILE          one for each participant token in FILE
    python -m bench.live_fleet chats ORIGIN FILE SECONDS  each says one message a second

Prints `ready` once all are open. `idle` sends heartbeats every ten seconds until SIGTERM. Both end with
one line of JSON. Tokens of two in one chat stand in FILE one after the other.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import resource
import signal
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import uvloop

from bench.live_sockets import HEARTBEAT, SUBSCRIBE, Caller, ClientSocket

_CALLERS = 32
_BEAT = 10.0  # seconds, as browser clients have it
_STEPS = 100  # a beat is spread over so many moments
_SETTLE = 2.0


async def gather(tries: Iterable[Callable[[], Awaitable[Any]]]) -> list[Any]:
    """Run all, a few at a time; return the results in order."""
    limit = asyncio.Semaphore(_CALLERS)

    async def one(attempt: Callable[[], Awaitable[Any]]) -> Any:
        async with limit:
            return await attempt()

    return await asyncio.gather(*(one(attempt) for attempt in tries))


class Participant:
    """One who listens, may talk, and counts what the other one says."""

    def __init__(self, number: int, token: str, caller: Caller) -> None:
        self.number = number
        self._token = token
        self._caller = caller
        self._bearer = ""
        self.sent = 0
        self.next = 0
        self.disordered = 0
        self.delays: list[float] = []
        self.answers = 0
        self.socket: ClientSocket

    async def come(self) -> None:
        """Connect and subscribe."""
        wanted = {"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]}
        given = await self._caller.call("connection", self._token, wanted)
        self._bearer = given["ConnectionCredentials"]["ConnectionToken"]
        self.socket = await ClientSocket.open(given["Websocket"]["Url"], self.hear)
        self.socket.send(SUBSCRIBE)

    async def say(self) -> None:
        """Send one message, with the moment and its number."""
        content = f"{self.number} {self.sent} {time.perf_counter()}"
        self.sent += 1
        body = {"ContentType": "text/plain", "Content": content}
        await self._caller.call("message", self._bearer, body)

    def hear(self, text: bytes) -> None:
        """Count what the other one said."""
        if text == HEARTBEAT:
            self.answers += 1
        if b'\\"Content\\":' not in text:
            return
        item = json.loads(json.loads(text)["content"])
        number, serial, moment = item["Content"].split()
        if int(number) != self.number:
            self.delays.append(time.perf_counter() - float(moment))
            self.disordered += int(serial) != self.next
            self.next = int(serial) + 1


async def idle(sockets: Sequence[ClientSocket], answers: Callable[[], int]) -> dict[str, Any]:
    """Send heartbeats until SIGTERM."""
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    print("ready", flush=True)
    sent = 0
    for step in itertools.count():
        if over.is_set():
            break
        for socket in sockets[step % _STEPS :: _STEPS]:
            socket.send(HEARTBEAT)
            sent += 1
        await asyncio.sleep(_BEAT / _STEPS)
    await asyncio.sleep(_SETTLE)
    lost = sum(socket.is_lost for socket in sockets)
    return {"heartbeats": sent, "answers": answers(), "lost": lost}


async def chats(participants: Sequence[Participant], seconds: int) -> dict[str, Any]:
    """Let everyone say one message a second."""

    async def talk(participant: Participant, phase: float) -> None:
        await asyncio.sleep(phase)
        began = time.perf_counter()
        for number in range(seconds):
            await asyncio.sleep(began + number - time.perf_counter())
            await participant.say()

    print("ready", flush=True)
    await asyncio.gather(*(talk(each, random.random()) for each in participants))
    await asyncio.sleep(_SETTLE)
    delays = sorted(delay * 1000 for each in participants for delay in each.delays)
    sent = sum(each.sent for each in participants)
    return {
        "sent": sent,
        "lost": sent - len(delays),
        "disordered": sum(each.disordered for each in participants),
        "p50": statistics.median(delays),
        "p99": delays[int(len(delays) * 0.99)],
    }


async def main(mode: str, url: str, whom: str, *seconds: str) -> None:
    """Run one mode."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if whom.isdigit():
        heard: list[bytes] = []
        opened = await gather(
            [lambda: ClientSocket.open(url, heard.append) for _ in range(int(whom))]
        )
        print(json.dumps(await idle(opened, lambda: len(heard))))
        return
    # Enough that nobody waits for another one's answer before it may speak.
    callers = [Caller(url) for _ in range(_CALLERS if mode == "idle" else 4 * _CALLERS)]
    tokens = await asyncio.to_thread(Path(whom).read_text, "utf-8")
    participants = [
        Participant(number, token, caller)
        for number, (token, caller) in enumerate(
            zip(tokens.split(), itertools.cycle(callers), strict=False)
        )
    ]
    await gather([each.come for each in participants])
    if mode == "idle":
        found = await idle(
            [each.socket for each in participants], lambda: sum(it.answers for it in participants)
        )
    else:
        found = await chats(participants, int(seconds[0]))
    print(json.dumps(found))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(*sys.argv[1:]))
