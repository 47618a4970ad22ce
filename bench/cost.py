"""What each operation costs a node, and the engines under it.

    python -m bench.cost [--chats 400] [--rounds 3] [--warm-up 100]

Needs the packages of the extra `engines`.

Method: one server process on core 0, as installed; a client with 16 requests at a time on kept connections, on
core 1, where the engines run, too. Two nodes share core 0, so one of them is called at a time, as if each had a core:
each gets half of the chats, and the other half at the next operation. All chats are taken through one operation, then
through the next. Before that, each node takes some chats through all of them, since a process that has just started
dials its engines, has its statements read and its code specialised, once, however many requests follow. By call:
CPU is user and system time of the node's process; bytes are those of request and answer with their heads; reads and
writes are calls of the database, objects those of the object store, notices those handed to NATS, as the node counts
them in /metrics, with what its background work adds; disk is what the node writes to files (`/proc/PID/io`);
engine is the CPU of all processes of PostgreSQL. Medians of the rounds, each on empty engines.
"""

from __future__ import annotations

import argparse
import asyncio
import configparser
import re
import statistics
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path

import psutil

from bench.cost_scene import Scene, steps
from bench.processes import LOAD_CORE, ServerProcess
from bench.shared_engines import SharedEngines, shared_engines, used
from openparticipant.sigv4 import Credentials

_READY = "openparticipant ready on "
_COUNTED = (
    (
        re.compile(r'openparticipant_stage_seconds_count{stage="(authenticate|store read)"}'),
        "reads",
    ),
    (re.compile(r'openparticipant_stage_seconds_count{stage="store write"}'), "writes"),
    (
        re.compile(r'openparticipant_stage_seconds_count{stage="object (look|keep|discard)"}'),
        "objects",
    ),
    (re.compile(r'openparticipant_bus_notices_total{direction="out"}'), "notices"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call took; CPU in microseconds."""

    cpu: float
    moved: float
    reads: float
    writes: float
    objects: float
    notices: float
    written: float
    engine: float
    rate: float


@dataclass(frozen=True, slots=True)
class Reading:
    """All counters of a node and its engines at one moment."""

    counts: Mapping[str, float]
    cpu: float
    written: int
    engine: float


@dataclass(frozen=True, slots=True)
class Node:
    """One node, and where it is reached."""

    server: ServerProcess
    origin: str
    admin: str


def run(
    root: Path, chats: int, warm_up: int, engines: SharedEngines | None, nodes: int = 1
) -> dict[str, Cost]:
    """Serve one round on empty directories; the nodes share core 0."""
    with ExitStack() as running:
        serving = []
        for number in range(nodes):
            node = _start(root, str(number), engines)
            running.callback(node.server.stop)
            serving.append(node)
        profile = configparser.ConfigParser()
        profile.read(root / "0" / "aws" / "credentials")
        pair = profile["default"]
        key = Credentials(pair["aws_access_key_id"], pair["aws_secret_access_key"])
        origins = [node.origin for node in serving]
        for origin in origins:
            asyncio.run(_warm(Scene([origin], key, warm_up)))
        scene = Scene(origins, key, chats)
        return asyncio.run(_measure(partial(_look, serving, engines), scene))


def _start(root: Path, name: str, engines: SharedEngines | None) -> Node:
    command = [sys.executable, "-m", "openparticipant", "serve", "--port", "0"]
    command += ["--data-dir", str(root / name), *(engines.words if engines else ())]
    environment = engines.environment if engines else None
    server = ServerProcess(command, root / f"{name}.log", environment)
    admin = (root / name / "admin").read_text().strip()
    return Node(server, server.ready_line.removeprefix(_READY).strip(), admin)


async def _warm(scene: Scene) -> None:
    for _, step in steps(scene):
        await scene.each(step)


async def _measure(look: Callable[[], Reading], scene: Scene) -> dict[str, Cost]:
    found = {}
    calls = len(scene.chats)
    for name, step in steps(scene):
        before, moved = look(), scene.moved
        began = time.perf_counter()
        await scene.each(step)
        seconds = time.perf_counter() - began
        after = look()
        counts = {kind: (after.counts[kind] - before.counts[kind]) / calls for kind in after.counts}
        found[name] = Cost(
            cpu=(after.cpu - before.cpu) / calls * 1e6,
            moved=(scene.moved - moved) / calls,
            written=(after.written - before.written) / calls,
            engine=(after.engine - before.engine) / calls * 1e6,
            rate=calls / seconds,
            **counts,
        )
    return found


def _look(nodes: Sequence[Node], engines: SharedEngines | None) -> Reading:
    counts = dict.fromkeys(("reads", "writes", "objects", "notices"), 0.0)
    for node in nodes:
        with urllib.request.urlopen(f"{node.admin}/metrics", timeout=10) as answer:
            for line in answer.read().decode().splitlines():
                for pattern, kind in _COUNTED:
                    if pattern.match(line):
                        counts[kind] += float(line.rpartition(" ")[2])
    return Reading(
        counts,
        sum(node.server.cpu() for node in nodes),
        sum(node.server.written() for node in nodes),
        used(engines.postgres) if engines else 0.0,
    )


def _print(title: str, rounds: Mapping[str, Sequence[Cost]]) -> None:
    heads = ("CPU µs", "bytes", "reads", "writes", "objects", "notices", "disk", "engine µs")
    print(f"\n{title:30}" + "".join(f"{head:>10}" for head in heads) + f"{'calls/s':>10}")
    for name, costs in rounds.items():
        median = [statistics.median(values) for values in zip(*map(astuple, costs), strict=True)]
        print(
            f"{name:30}{median[0]:10.0f}{median[1]:10.0f}"
            + "".join(f"{count:10.1f}" for count in median[2:6])
            + "".join(f"{value:10.0f}" for value in median[6:])
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="cost")
    parser.add_argument("--chats", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--warm-up", type=int, default=100, help="chats of each node")
    chosen = parser.parse_args()
    print((__doc__ or "").strip(), flush=True)
    psutil.Process().cpu_affinity([int(LOAD_CORE)])
    embedded: defaultdict[str, list[Cost]] = defaultdict(list)
    one: defaultdict[str, list[Cost]] = defaultdict(list)
    two: defaultdict[str, list[Cost]] = defaultdict(list)
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory(prefix="openparticipant-cost-") as place:
            for name, cost in run(Path(place), chosen.chats, chosen.warm_up, None).items():
                embedded[name].append(cost)
        for nodes, kept in ((1, one), (2, two)):
            with (
                tempfile.TemporaryDirectory(prefix="openparticipant-cost-") as place,
                shared_engines(Path(place)) as engines,
            ):
                found = run(Path(place), chosen.chats, chosen.warm_up, engines, nodes)
                for name, cost in found.items():
                    kept[name].append(cost)
    _print("SQLite and files", embedded)
    _print("PostgreSQL, S3 and NATS", one)
    _print("the same, two nodes", two)
    ratio = statistics.median(
        sum(costs[at].cpu for costs in two.values()) / sum(costs[at].cpu for costs in one.values())
        for at in range(chosen.rounds)
    )
    print(f"\nall operations once: two nodes together take {ratio:.2f} x the CPU of one")


if __name__ == "__main__":
    main()
