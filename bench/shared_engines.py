"""What nodes share, for benchmarks: PostgreSQL with fsync, SeaweedFS, NATS and a master key."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.processes import LOAD_CORE
from tests.engines.cluster import MASTER_KEY
from tests.engines.nats import NatsServer
from tests.engines.postgres import PostgresServer
from tests.engines.seaweedfs import running_s3

DURABLE = "-c shared_buffers=128MB"
"""PostgreSQL as it comes: fsync and synchronous_commit are on."""


@dataclass(frozen=True, slots=True)
class SharedEngines:
    """Engines that run, and what a node is told of them, as words and as environment."""

    words: Sequence[str]
    environment: Mapping[str, str]
    postgres: PostgresServer
    nats: NatsServer


@contextmanager
def shared_engines(root: Path) -> Iterator[SharedEngines]:
    """Run them on the core of the load."""
    with ExitStack() as running:
        postgres = running.enter_context(PostgresServer(DURABLE))
        for process in postgres.processes():
            process.cpu_affinity([int(LOAD_CORE)])
        nats = running.enter_context(NatsServer(root))
        s3 = running.enter_context(running_s3())
        words = ("--database", postgres.address, "--objects", s3.address, "--bus", nats.url)
        yield SharedEngines(words, {**with_master_key(), **s3.environment}, postgres, nats)


def with_master_key() -> dict[str, str]:
    """Return the environment of a node whose keys lie elsewhere."""
    return {**os.environ, "OPENPARTICIPANT_MASTER_KEY": MASTER_KEY}


def used(server: PostgresServer) -> float:
    """Return the CPU seconds that the processes of a server have used so far."""
    seconds = 0.0
    for process in server.processes():
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        seconds += times.user + times.system
    return seconds
