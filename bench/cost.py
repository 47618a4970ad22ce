"""What each operation costs a node, and the engines under it; what a second node adds.

    python -m bench.cost [--chats 400] [--slice 80] [--rounds 3] [--warm-up 100]

Needs the packages of the extra `engines`.

Method: three deployments run at the same time, each with engines of its own: one node as installed, one node on
PostgreSQL, S3 and NATS, and two nodes on those. All nodes are on core 0; the client, with 16 requests at a time on kept
connections, and the engines are on core 1. All chats are taken through one operation, a slice of them at a time, in two
halves: at one deployment, then at the next, in an order that turns, so that whatever slows the machine slows them alike.
Two nodes get a half each, dealt at random, as by a balancer without affinity; one node gets both, so that every node begins
each half when others have used its core. Before that, each node takes some chats through all operations, since a process that
has just started dials its engines, has its statements read and its code specialised, once, however many requests follow.
By call: CPU is user and system time of the nodes' processes while their slices ran; bytes are those of
request and answer with their heads; reads and writes are calls of the database, objects those of the object store,
notices those handed to NATS, as the nodes count them in /metrics, with what their background work adds; disk is what the
nodes write to files (`/proc/PID/io`); engine is the CPU of all processes of PostgreSQL. Medians of the rounds, each on empty engines.
The last table compares, slice by slice, the CPU of two nodes and of one: median and quartiles of all rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.cost_deployment import Deployment, deployed
from bench.cost_scene import Scene, steps
from bench.processes import LOAD_CORE

_DEPLOYMENTS = (
    ("SQLite and files", 1, False),
    ("PostgreSQL, S3 and NATS", 1, True),
    ("the same, two nodes", 2, True),
)
_SETTLE = 0.05  # seconds in which is done what an answer leaves to do, such as telling sockets
_LEAST = 50e-6  # seconds of CPU a call: less has an operation that does not reach a node at all
_HEADS = ("CPU µs", "bytes", "reads", "writes", "objects", "notices", "disk", "engine µs")


@dataclass
class Cost:
    """What an operation took in one round; CPU in seconds, slice by slice."""

    calls: int = 0
    cpu: list[float] = field(default_factory=list)
    seconds: float = 0.0
    moved: int = 0
    counts: dict[str, float] = field(default_factory=dict)

    def by_call(self) -> list[float]:
        """Return what a call took, in the order of the table, and how many there were a second."""
        kinds = ("reads", "writes", "objects", "notices", "written", "engine")
        cpu = sum(self.cpu) * 1e6
        all_calls = [cpu, self.moved, *(self.counts[kind] for kind in kinds)]
        return [*(total / self.calls for total in all_calls), self.calls / self.seconds]


Costs = dict[str, Cost]


def measure(root: Path, chats: int, size: int, warm_up: int) -> list[Costs]:
    """Run one round on empty engines; return the costs of each deployment."""
    with ExitStack() as running:
        deployments = [
            running.enter_context(deployed(title, root / str(at), nodes, on_engines=on_engines))
            for at, (title, nodes, on_engines) in enumerate(_DEPLOYMENTS)
        ]
        for deployment in deployments:
            for scene in deployment.scenes_of_nodes(warm_up):
                asyncio.run(_warm(scene))
        return asyncio.run(_measure(deployments, chats, size))


async def _warm(scene: Scene) -> None:
    for _, step in steps(scene):
        for share in scene.dealt():
            await scene.serve(step, share)


async def _measure(deployments: Sequence[Deployment], chats: int, size: int) -> list[Costs]:
    scenes = [deployment.scene(chats) for deployment in deployments]
    found: list[Costs] = [{} for _ in deployments]
    for same in zip(*map(steps, scenes), strict=True):
        costs = [Cost(calls=chats) for _ in deployments]
        before = [(scene.moved, it.used()) for scene, it in zip(scenes, deployments, strict=True)]
        for number, start in enumerate(range(0, chats, size)):
            order = deque(range(len(deployments)))
            order.rotate(number)
            shares = [scene.dealt(slice(start, start + size)) for scene in scenes]
            used = [0.0 for _ in deployments]
            for half in range(2):
                for at in order:
                    began, cpu = time.perf_counter(), deployments[at].cpu()
                    await scenes[at].serve(same[at][1], shares[at][half])
                    costs[at].seconds += time.perf_counter() - began
                    await asyncio.sleep(_SETTLE)
                    used[at] += deployments[at].cpu() - cpu
            for cost, cpu in zip(costs, used, strict=True):
                cost.cpu.append(cpu)
        for at, (cost, (name, _)) in enumerate(zip(costs, same, strict=True)):
            moved, counts = before[at]
            cost.moved = scenes[at].moved - moved
            cost.counts = {kind: n - counts[kind] for kind, n in deployments[at].used().items()}
            found[at][name] = cost
    return found


def _print(title: str, rounds: Sequence[Costs]) -> None:
    print(f"\n{title:30}" + "".join(f"{head:>10}" for head in (*_HEADS, "calls/s")))
    for name in rounds[0]:
        each = [costs[name].by_call() for costs in rounds]
        cpu, moved, *rest = (statistics.median(values) for values in zip(*each, strict=True))
        counts, sizes = rest[:4], rest[4:]
        print(
            f"{name:30}{cpu:10.0f}{moved:10.0f}"
            + "".join(f"{count:10.1f}" for count in counts)
            + "".join(f"{size:10.0f}" for size in sizes)
        )


def _compare(one: Sequence[Costs], two: Sequence[Costs]) -> None:
    print(f"\n{'two nodes by one':30}{'CPU':>10}{'from':>10}{'to':>10}")
    for name, cost in one[0].items():
        if sum(cost.cpu) < _LEAST * cost.calls:
            continue
        ratios = [
            after / before
            for costs, others in zip(one, two, strict=True)
            for before, after in zip(costs[name].cpu, others[name].cpu, strict=True)
        ]
        low, middle, high = statistics.quantiles(ratios, n=4)
        print(f"{name:30}{middle:9.2f}x{low:9.2f}x{high:9.2f}x")
    overall = [
        sum(cost.cpu[at] for cost in others.values()) / sum(cost.cpu[at] for cost in costs.values())
        for costs, others in zip(one, two, strict=True)
        for at in range(len(next(iter(costs.values())).cpu))
    ]
    low, middle, high = statistics.quantiles(overall, n=4)
    print(f"{'all operations once':30}{middle:9.2f}x{low:9.2f}x{high:9.2f}x")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="cost")
    parser.add_argument("--chats", type=int, default=400)
    parser.add_argument("--slice", type=int, default=80, help="chats at a time, an even number")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--warm-up", type=int, default=100, help="chats of each node")
    chosen = parser.parse_args()
    print((__doc__ or "").strip(), flush=True)
    psutil.Process().cpu_affinity([int(LOAD_CORE)])
    rounds = []
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory(prefix="openparticipant-cost-") as place:
            rounds.append(measure(Path(place), chosen.chats, chosen.slice, chosen.warm_up))
    by_deployment = list(zip(*rounds, strict=True))
    for (title, *_), costs in zip(_DEPLOYMENTS, by_deployment, strict=True):
        _print(title, costs)
    _compare(*by_deployment[1:])


if __name__ == "__main__":
    main()
