"""`python -m tests.fuzzers`: fuzz each target for its share of the time, guided by coverage."""

from __future__ import annotations

import argparse
import re
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzzers.seeds import SEEDS

_LONGEST = 4096  # bytes of an input; longer ones reach the same lines, later
_STATISTIC = re.compile(rb"stat::(\w+):\s+(\d+)")
_COVERED = re.compile(rb"cov: (\d+)")
_FOUND = Path("fuzz-findings")


def fuzz(name: str, seconds: int, seed: int, corpus: Path) -> bool:
    """Fuzz one target and say what was done; False where something was found."""
    seeds = corpus / name
    seeds.mkdir()
    for number, content in enumerate(SEEDS[name]):
        (seeds / f"seed-{number}").write_bytes(content)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.fuzzers.one", name, str(seeds)),
            *(f"-max_total_time={seconds}", f"-seed={seed % 2**31 or 1}", f"-max_len={_LONGEST}"),
            *("-print_final_stats=1", "-timeout=20", "-rss_limit_mb=2048"),
            f"-artifact_prefix={_FOUND}/{name}-",
        ],
        capture_output=True,
        check=False,
    )
    statistics = dict(_STATISTIC.findall(done.stderr))
    executed = int(statistics.get(b"number_of_executed_units", b"0"))
    covered = int((_COVERED.findall(done.stderr) or [b"0"])[-1])
    kept = len(list(seeds.iterdir()))
    verdict = "nothing found" if done.returncode == 0 else "FOUND"
    print(
        f"{name}: {executed} executions, {covered} edges, {kept} inputs kept; {verdict}", flush=True
    )
    if done.returncode != 0:
        sys.stderr.buffer.write(done.stdout[-4000:] + done.stderr[-1000:])
    return done.returncode == 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=secrets.randbits(31))
    parser.add_argument("--target", action="append", choices=sorted(SEEDS))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    _FOUND.mkdir(exist_ok=True)
    names = chosen.target or list(SEEDS)
    share = max(1, int(60 * chosen.minutes / len(names)))
    with tempfile.TemporaryDirectory(prefix="openparticipant-fuzz-") as place:
        well = [fuzz(name, share, chosen.seed, Path(place)) for name in names]
    if not all(well):
        print(f"inputs that were found lie in {_FOUND}/", file=sys.stderr)
        sys.exit(1)
