"""Compare durable StartAttachmentUpload with what other servers do without storing anything.

    python -m bench.start [--rounds 5] [--seconds 3] [--rows 1000000]

Needs wrk; the Node servers need node and `npm ci --prefix bench/node`.

Method: each server is one process on core 0 (`taskset -c 0`), the load `wrk -t1 -c32` on core 1; one
server is loaded at a time, rounds are interleaved and medians reported, since shared machines drift:
compare rows of one table, never tables. CPU is the server process's own (user and system) over
requests. Each request carries a new ClientToken; 200 contacts take turns, their quota is lifted.
Ours runs as installed: token looked up by its digest, contact, quota and idempotency decided in the
transaction, SQLite with synchronous=FULL, a log line and metrics for each request. The bare Node server
checks an HMAC token, reads JSON and signs the same URL by hand; the other lets AWS's presigner
do it; neither stores anything. Before each server's first round it gets one second of warm-up.
Second table: our server, rounds without and with 32 uploads of 20 MiB kept going by another process
on core 1, each through StartAttachmentUpload and a PUT into the built-in store.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.processes import LOAD_CORE
from bench.start_peers import Target, no_op, node_peers, ours
from bench.wrk import Load, load

CONNECTIONS = 32
UPLOADS = 32
_SCRIPT = Path(__file__).with_name("start.lua")


@dataclass(slots=True)
class Measured:
    """All rounds of one target; CPU in microseconds a request."""

    target: Target
    loads: list[Load] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def median(self, of: Callable[[Load], float]) -> float:
        """Return the median over the rounds."""
        return statistics.median(of(one) for one in self.loads)


class Bench:
    """Targets that are loaded in turn."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._seed = 0

    def once(self, target: Target, seconds: int | None = None) -> tuple[Load, float]:
        """Load a target once; return what came of it and its CPU microseconds a request."""
        seconds = seconds or self._seconds
        self._seed += 1
        arguments = (target.method, target.path, str(target.bearers), str(self._seed))
        before = target.server.cpu()
        result = load(target.url, _SCRIPT, arguments, connections=CONNECTIONS, seconds=seconds)
        used = target.server.cpu() - before
        if result.failed:
            raise RuntimeError(f"{target.name}: {result.failed} requests failed")
        return result, used / result.requests * 1e6

    def compare(self, targets: Sequence[Target], rounds: int) -> list[Measured]:
        """Run interleaved rounds over all targets."""
        measured = [Measured(target) for target in targets]
        for target in targets:
            self.once(target, 1)
        for _ in range(rounds):
            for each in measured:
                result, cpu = self.once(each.target)
                each.loads.append(result)
                each.cpu.append(cpu)
        return measured


def report(measured: Sequence[Measured], base: Measured) -> None:
    """Print a table; the ratio is how much faster `base` is than the row."""
    print(f"{'':28}{'req/s':>9}{'best':>9}{'CPU us':>9}{'p50 ms':>9}{'p99 ms':>9}{'ours is':>10}")
    for each in measured:
        rate = each.median(lambda one: one.rate)
        ratio = base.median(lambda one: one.rate) / rate
        print(
            f"{each.target.name:28}{rate:9.0f}{max(one.rate for one in each.loads):9.0f}"
            f"{statistics.median(each.cpu):9.1f}{each.median(lambda one: one.p50):9.2f}"
            f"{each.median(lambda one: one.p99):9.2f}{ratio:9.2f}x"
        )


def beside_uploads(bench: Bench, target: Target, rounds: int) -> list[Measured]:
    """Run interleaved rounds without and with uploads into the same server."""
    quiet = Measured(replace(target, name="quiet"))
    busy = Measured(replace(target, name=f"beside {UPLOADS} uploads"))
    for _ in range(rounds):
        for each in (quiet, busy):
            with uploading(target) if each is busy else nullcontext():
                result, cpu = bench.once(target)
            each.loads.append(result)
            each.cpu.append(cpu)
    return [quiet, busy]


@contextmanager
def uploading(target: Target) -> Iterator[None]:
    """Keep uploads going."""
    command = ["taskset", "-c", LOAD_CORE, sys.executable, "-m", "bench.uploads"]
    command += [target.url, str(target.bearers), f"--parallel={UPLOADS}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        started = time.monotonic()
        yield
        seconds = time.monotonic() - started
        process.terminate()
        sent = int(process.stdout.read())
    print(f"  uploads took in {sent / 1e6 / seconds:.0f} MB/s", flush=True)


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--root", type=Path, default=Path(tempfile.gettempdir()))
    arguments = parser.parse_args()
    print((__doc__ or "").strip(), flush=True)
    root = Path(tempfile.mkdtemp(prefix="start-bench-", dir=arguments.root))
    targets: list[Target] = []
    try:
        targets.append(ours(root / "ours", "ours, durable"))
        if arguments.rows:
            name = f"ours, {arguments.rows:,} rows"
            targets.append(ours(root / "filled", name, arguments.rows))
        targets.extend(node_peers(root))
        targets.append(no_op(targets[0]))
        bench = Bench(arguments.seconds)
        print(f"\n{CONNECTIONS} connections, {arguments.rounds} rounds of {arguments.seconds} s")
        measured = bench.compare(targets, arguments.rounds)
        report(measured, measured[0])
        print(f"\n{CONNECTIONS} connections, {arguments.rounds} rounds, beside uploads")
        measured = beside_uploads(bench, targets[0], arguments.rounds)
        report(measured, measured[0])
    finally:
        for server in {id(target.server): target.server for target in targets}.values():
            server.stop()
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
