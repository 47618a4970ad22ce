from __future__ import annotations

import secrets
from pathlib import Path

from tests.crash.rounds import run


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    """Killed at any moment under load, a server comes back with all it acknowledged, and no more."""
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    tally = run(tmp_path / "data", 20, seed)
    assert tally.completed > 0
    assert tally.unfinished > 0
