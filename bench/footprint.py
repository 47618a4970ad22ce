"""What the server takes before anyone uses it: time to ready, memory at rest, size installed.

    python -m bench.footprint [--rounds 5]

Method: ready is from starting the interpreter to the ready line on stdout, on an empty data directory
and again on the same one, medians; memory is resident, two seconds after ready; size is that
of the package and of everything it needs at run time, as installed in this environment, bytecode
included, files counted by their length.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import sys
import tempfile
import time
from importlib.metadata import distribution
from pathlib import Path

import openparticipant
from bench.processes import ServerProcess

SETTLED = 2.0


def start(root: Path) -> tuple[float, float]:
    """Start and stop a server; return milliseconds to ready and MiB at rest."""
    command = [sys.executable, "-m", "openparticipant", "serve", "--port", "0"]
    began = time.monotonic()
    server = ServerProcess([*command, "--data-dir", str(root / "data")], root / "log")
    ready = time.monotonic() - began
    try:
        time.sleep(SETTLED)
        return ready * 1000, server.resident()
    finally:
        server.stop()


def needed(name: str, found: set[str]) -> set[str]:
    """Return a distribution and all that it needs without extras."""
    if name not in found:
        found.add(name)
        for requirement in distribution(name).requires or ():
            if "extra ==" not in requirement:
                bare = re.match(r"[\w.-]+", requirement)
                assert bare is not None
                if installed(bare[0]):
                    needed(bare[0], found)
    return found


def installed(name: str) -> bool:
    """Tell whether a requirement applies here: those for other systems are not there."""
    try:
        distribution(name)
    except ModuleNotFoundError:
        return False
    return True


def size(name: str) -> int:
    """Return the bytes of a distribution's files."""
    if name == "openparticipant":
        package = Path(openparticipant.__file__).parent
        every = (file for file in package.rglob("*") if "/." not in str(file))
        return sum(file.stat().st_size for file in every if file.is_file())
    files = [Path(str(file.locate())) for file in distribution(name).files or ()]
    return sum(file.stat().st_size for file in files if file.is_file())


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print((__doc__ or "").strip(), flush=True)
    fresh: list[float] = []
    again: list[float] = []
    memory: list[float] = []
    for _ in range(rounds):
        root = Path(tempfile.mkdtemp(prefix="footprint-"))
        try:
            for times in (fresh, again):
                ready, resident = start(root)
                times.append(ready)
                memory.append(resident)
        finally:
            shutil.rmtree(root)
    print(f"\nready, first start      {statistics.median(fresh):7.0f} ms (best {min(fresh):.0f})")
    print(f"ready, later starts     {statistics.median(again):7.0f} ms (best {min(again):.0f})")
    print(f"resident at rest        {statistics.median(memory):7.1f} MiB")
    sizes = {name: size(name) for name in sorted(needed("openparticipant", set()))}
    for name, one in sizes.items():
        print(f"  {name:22}{one / 1e6:7.1f} MB")
    print(f"installed               {sum(sizes.values()) / 1e6:7.1f} MB")


if __name__ == "__main__":
    main()
