"""One of several processes that fill the same contact: `python -m … URL TOKEN NUMBER`.

It says `ready`, waits for a line, proposes fifty times at once, and prints how many places it got.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from openparticipant.bootstrap import postgres
from openparticipant.errors import ServiceQuotaExceededException
from openparticipant.ports import ContactStore
from openparticipant.stores.postgres_store import PostgresContactStore
from openparticipant.system import RandomIds
from openparticipant.testing.store_contract.scene import Scene, at_once, results

TRIES = 50


async def race(url: str, token: bytes, number: int) -> int:
    """Return how many of the tries got a place."""

    @asynccontextmanager
    async def open_store() -> AsyncIterator[ContactStore]:
        async with postgres.opened(url, migrate=True) as database:
            yield PostgresContactStore(database, RandomIds())

    async with Scene.on(open_store) as scene:
        scene.ids._uuids = itertools.count(number * 1000)
        caller = await scene.store.caller(token, now=scene.now)
        assert caller is not None
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        outcomes = await at_once(scene.propose(caller) for _ in range(TRIES))
        return len(results(outcomes, ServiceQuotaExceededException))


if __name__ == "__main__":
    print(asyncio.run(race(sys.argv[1], bytes.fromhex(sys.argv[2]), int(sys.argv[3]))))
