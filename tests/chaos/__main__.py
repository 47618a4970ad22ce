"""`python -m tests.chaos`: three nodes under load, of which each minute one part dies or freezes."""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import sys
import tempfile
from pathlib import Path

from tests.chaos.faults import drawn
from tests.chaos.run import run
from tests.chaos.service import WrongAnswerError
from tests.cluster.cluster import Cluster
from tests.storm.storms import raise_file_limit

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--minutes", type=int, default=8)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    raise_file_limit()
    with (
        tempfile.TemporaryDirectory(prefix="openparticipant-chaos-") as directory,
        Cluster(Path(directory)) as cluster,
    ):
        faults = drawn(cluster, random.Random(chosen.seed), chosen.minutes)
        try:
            tally = asyncio.run(run(cluster, chosen.chats, chosen.seed, faults))
        except WrongAnswerError as error:
            print(f"seed {chosen.seed}: {error}", file=sys.stderr)
            sys.exit(1)
    print(
        f"nothing lost: {tally.messages} messages and {tally.files} files of {tally.chats} chats, "
        f"{tally.sockets} sockets; tried again: {tally.tried_again}; "
        f"more often than a browser does: {tally.too_often}"
    )
