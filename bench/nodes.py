"""How much later one hears on another node than on the same one.

    python -m bench.nodes [--rounds 10] [--messages 100]

Needs the packages of the extra `engines`.

Method: a chat of two, the customer sends by SendMessage on a kept connection, one message after the other;
a delay is from before that request to the frame at the agent's socket. The servers are processes on core 0, as
installed, the client on core 1; PostgreSQL, SeaweedFS and NATS run beside the client. Rounds are interleaved,
the numbers are over all rounds. The bus alone: two in one process, from `publish` to the listener.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.live_back import Back
from bench.live_sockets import SUBSCRIBE, Caller, ClientSocket
from bench.processes import LOAD_CORE, ServerProcess
from bench.shared_engines import shared_engines
from openparticipant.bus.local import LocalBus
from openparticipant.ports import Bus
from openparticipant.testing.bus_contract import Ear, said
from tests.bus.nodes import buses, settle

_READY = "openparticipant ready on "


@dataclass(slots=True)
class Line:
    """One way from a sender to a listener, and its delays in milliseconds."""

    name: str
    sender: str
    listener: str
    back: Back
    delays: list[float] = field(default_factory=list)

    async def run(self, messages: int) -> None:
        """Send messages in a new chat and time each."""
        arrived = asyncio.Event()

        def hear(text: bytes) -> None:
            if b'\\"MESSAGE\\"' in text:
                arrived.set()

        customer, agent = await asyncio.to_thread(self.back.chat)
        there = await Caller(self.listener).call("connection", agent, {"Type": ["WEBSOCKET"]})
        socket = await ClientSocket.open(there["Websocket"]["Url"], hear)
        socket.send(SUBSCRIBE)
        caller = Caller(self.sender)
        wanted = {"Type": ["CONNECTION_CREDENTIALS"]}
        given = await caller.call("connection", customer, wanted)
        bearer = given["ConnectionCredentials"]["ConnectionToken"]
        for number in range(messages):
            arrived.clear()
            began = time.perf_counter()
            body = {"ContentType": "text/plain", "Content": f"message {number} " + "x" * 100}
            sending = asyncio.create_task(caller.call("message", bearer, body))
            await arrived.wait()
            # The first few find caches cold, and the subscription may still be on its way.
            if number > messages // 10:
                self.delays.append((time.perf_counter() - began) * 1000)
            await sending


def report(lines: Sequence[tuple[str, list[float]]], unit: str) -> None:
    """Print a table; ratios are to the first row."""
    print(f"{'':44}{'p50 ' + unit:>10}{'p99 ' + unit:>10}{'p50 is':>9}{'p99 is':>9}")
    base: tuple[float, float] | None = None
    for name, delays in lines:
        found = statistics.median(delays), statistics.quantiles(delays, n=100)[98]
        base = base or found
        ratios = "".join(f"{mine / its:8.2f}x" for mine, its in zip(found, base, strict=True))
        print(f"{name:44}{found[0]:10.3f}{found[1]:10.3f}{ratios}")


async def bus_alone(url: str, rounds: int, messages: int) -> None:
    """Compare the two buses."""
    delays: dict[str, list[float]] = {"in process": [], "NATS": []}
    ordinal = 0
    async with AsyncExitStack() as stack:
        here, there = await stack.enter_async_context(buses(url))
        local = LocalBus()
        ways: list[tuple[str, Bus, Ear]] = [
            ("in process", local, Ear(local)),
            ("NATS", here, Ear(there)),
        ]
        await settle(here, there)
        for _ in range(rounds):
            for name, bus, ear in ways:
                for _ in range(messages):
                    ordinal += 1
                    notice = said(ordinal, "x" * 100)
                    began = time.perf_counter()
                    bus.publish(notice)
                    await ear.next()
                    delays[name].append((time.perf_counter() - began) * 1e6)
    print("\nthe bus alone")
    report(list(delays.items()), "us")


def serve(
    root: Path, name: str, settings: Sequence[str], environment: Mapping[str, str]
) -> tuple[ServerProcess, str]:
    """Start a server; return it with its origin."""
    command = [sys.executable, "-m", "openparticipant", "serve", "--port", "0"]
    command += ["--data-dir", str(root / name), *settings]
    server = ServerProcess(command, root / f"{name}.log", environment)
    return server, server.ready_line.removeprefix(_READY).strip()


async def chats(lines: Sequence[Line], rounds: int, messages: int) -> None:
    """Run interleaved rounds over all lines."""
    for _ in range(rounds):
        for line in lines:
            await line.run(messages)


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--messages", type=int, default=100)
    arguments = parser.parse_args()
    print((__doc__ or "").strip(), flush=True)
    os.sched_setaffinity(0, {0, int(LOAD_CORE)})
    root = Path(tempfile.mkdtemp(prefix="nodes-bench-"))
    servers: list[ServerProcess] = []
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, root)
        engines = stack.enter_context(shared_engines(root))
        try:
            origins = []
            for name, words in (("alone", ()), ("one", engines.words), ("other", engines.words)):
                server, origin = serve(root, name, words, engines.environment)
                servers.append(server)
                origins.append(origin)
            alone, one, other = origins
            backs = Back(alone, root / "alone"), Back(one, root / "one")
            os.sched_setaffinity(0, {int(LOAD_CORE)})
            lines = [
                Line("one node, SQLite", alone, alone, backs[0]),
                Line("the same node, PostgreSQL", one, one, backs[1]),
                Line("another node, PostgreSQL and NATS", one, other, backs[1]),
            ]
            asyncio.run(chats(lines, arguments.rounds, arguments.messages))
            print(f"\nSendMessage to the frame, {len(lines[0].delays)} messages each")
            report([(line.name, line.delays) for line in lines], "ms")
            print("across nodes against in process, both on PostgreSQL")
            report([(line.name, line.delays) for line in lines[1:]], "ms")
            asyncio.run(bus_alone(engines.nats.url, arguments.rounds, arguments.messages))
        finally:
            for server in servers:
                server.stop()


if __name__ == "__main__":
    main()
