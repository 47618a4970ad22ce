"""`python -m tests.crash --rounds N`: as many rounds as you have patience for."""

from __future__ import annotations

import argparse
import secrets
import tempfile
from pathlib import Path

from tests.crash.rounds import run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="crash", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="openparticipant-crash-") as directory:
        tally = run(
            Path(directory) / "data",
            chosen.rounds,
            chosen.seed,
            lambda text: print(text, flush=True),
        )
    print(tally)
