"""Run every benchmark, one after the other; each prints its method and its numbers."""

from __future__ import annotations

import runpy
import sys

ALL = ("presign", "start", "databases", "objects", "live", "nodes", "cost", "cli", "footprint")


def main() -> None:
    """Run the benchmarks named as arguments, or all."""
    for name in sys.argv[1:] or ALL:
        print(f"\n== {name}\n", flush=True)
        sys.argv = [f"bench.{name}"]
        runpy.run_module(f"bench.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
