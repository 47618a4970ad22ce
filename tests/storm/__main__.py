"""`python -m tests.storm`: 1,000 clients dropped at once, restarted under, and 10,000 messages in a row."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.serve_process import ServeProcess
from tests.storm.flood import flood
from tests.storm.storms import dropped_at_once, invite, restarted

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="storm", description=__doc__)
    parser.add_argument("--guests", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=10_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="openparticipant-storm-") as directory:
        root = Path(directory)
        with ServeProcess(root / "data", log=root / "log") as server:
            guests = invite(server.url, server.data_dir, chosen.guests)
            storm = asyncio.run(dropped_at_once(guests))
            print(
                f"dropped at once: all back in {storm.seconds:.1f} s; {storm.trouble}", flush=True
            )
            seconds = flood(server, chosen.messages)
            print(f"{chosen.messages} messages in {seconds:.1f} s, none lost", flush=True)
        (again := root / "again").mkdir()
        storm = asyncio.run(restarted(again, chosen.guests, talkers=10))
        print(f"restarted: all back in {storm.seconds:.1f} s; {storm.trouble}", flush=True)
