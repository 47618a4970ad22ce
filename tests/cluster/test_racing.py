"""A completed file never changes, whoever races for it."""

from __future__ import annotations

import secrets
from pathlib import Path

from tests.cluster.cluster import Cluster
from tests.cluster.racing import race
from tests.crash.line import Line
from tests.crash.rounds import control_key
from tests.serve_process import ServeProcess

_ROUNDS = 200


def test_in_a_bucket(cluster: Cluster) -> None:
    """Two nodes complete at the same time; SeaweedFS takes late PUTs, which change nothing."""
    one, other, _ = cluster.nodes
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    dials = [lambda: cluster.line_to(one), lambda: cluster.line_to(other)]
    assert race(dials, _ROUNDS, seed) >= _ROUNDS


def test_on_disk(tmp_path: Path) -> None:
    """The built-in store refuses late PUTs."""
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    with ServeProcess(tmp_path / "data", log=tmp_path / "log") as server:
        dials = [lambda: Line(server.url, control_key(server.data_dir))]
        assert race(dials, _ROUNDS, seed) >= _ROUNDS
