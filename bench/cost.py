"""What each operation costs the server.

    python -m bench.cost [--chats 400] [--rounds 3]

Method: one server process on core 0, as installed; a client with 16 requests at a time on kept connections, on
core 1. Every chat is taken through all operations, one after the other. CPU is user and system time of the server's
process by request, bytes are those of requests and answers with their heads, disk is what the
process had written to files by then (`/proc/PID/io`). Medians of the rounds, each on an empty directory.
"""

from __future__ import annotations

import argparse
import asyncio
import configparser
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.cost_scene import Scene, steps
from bench.processes import LOAD_CORE, ServerProcess
from openparticipant.sigv4 import Credentials

_READY = "openparticipant ready on "


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call took, as means: microseconds of CPU, bytes on the wire and to files; calls/s."""

    cpu: float
    moved: float
    written: float
    rate: float


def run(root: Path, chats: int) -> dict[str, Cost]:
    """Serve one round on an empty directory."""
    command = [sys.executable, "-m", "openparticipant", "serve", "--port", "0"]
    server = ServerProcess([*command, "--data-dir", str(root / "data")], root / "log")
    try:
        origin = server.ready_line.removeprefix(_READY).strip()
        profile = configparser.ConfigParser()
        profile.read(root / "data" / "aws" / "credentials")
        pair = profile["default"]
        key = Credentials(pair["aws_access_key_id"], pair["aws_secret_access_key"])
        return asyncio.run(_measure(server, Scene([origin], key, chats)))
    finally:
        server.stop()


async def _measure(server: ServerProcess, scene: Scene) -> dict[str, Cost]:
    found = {}
    calls = len(scene.chats)
    for name, step in steps(scene):
        cpu, moved, written = server.cpu(), scene.moved, server.written()
        began = time.perf_counter()
        await scene.each(step)
        seconds = time.perf_counter() - began
        found[name] = Cost(
            (server.cpu() - cpu) / calls * 1e6,
            (scene.moved - moved) / calls,
            (server.written() - written) / calls,
            calls / seconds,
        )
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="cost", description=__doc__)
    parser.add_argument("--chats", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    psutil.Process().cpu_affinity([int(LOAD_CORE)])
    rounds: defaultdict[str, list[Cost]] = defaultdict(list)
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory(prefix="openparticipant-cost-") as place:
            for name, cost in run(Path(place), chosen.chats).items():
                rounds[name].append(cost)
    print(__doc__)
    print(f"{'':30}{'CPU µs':>9}{'bytes':>8}{'disk':>8}{'calls/s':>9}")
    for name, costs in rounds.items():
        cpu, moved, written, rate = (
            statistics.median(values)
            for values in zip(
                *((it.cpu, it.moved, it.written, it.rate) for it in costs), strict=True
            )
        )
        print(f"{name:30}{cpu:9.0f}{moved:8.0f}{written:8.0f}{rate:9.0f}")


if __name__ == "__main__":
    main()
