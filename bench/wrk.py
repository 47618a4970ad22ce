"""The load generator: `wrk` with one thread on core 1."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import LOAD_CORE


@dataclass(frozen=True, slots=True)
class Load:
    """What came of one run: latencies in ms, `failed` answers beyond 399 and broken sockets."""

    rate: float
    p50: float
    p99: float
    requests: int
    failed: int


def load(
    url: str, script: Path, arguments: Sequence[str] = (), *, connections: int, seconds: int
) -> Load:
    """Run a script whose `done` prints one JSON line; see start.lua."""
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    command += ["--timeout", "60s", "-s", str(script), url, "--", *arguments]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return Load(
        rate=found["requests"] / found["seconds"],
        p50=found["p50"],
        p99=found["p99"],
        requests=found["requests"],
        failed=found["failed"],
    )
