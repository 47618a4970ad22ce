"""A release is rolled out while people talk."""

from __future__ import annotations

import asyncio
from contextlib import closing

from tests.cluster.cluster import Cluster
from tests.cluster.uploads import items
from tests.storm.guests import Talker
from tests.storm.storms import all_here, invite, staying

_GUESTS = 100
_TALKERS = 20


async def test_a_rolling_restart_loses_no_chat_and_no_acknowledged_call(cluster: Cluster) -> None:
    """Each node ends and comes back under load; nobody is told of a failure, and all that was said is there."""
    guests = await asyncio.to_thread(invite, cluster.url, cluster.nodes[0].data_dir, _GUESTS)
    talkers = [Talker(guest) for guest in guests[: 2 * _TALKERS : 2]]
    async with staying(guests):
        await all_here(guests)
        tasks = [asyncio.create_task(one.talk()) for one in talkers]
        for node in cluster.nodes:
            before = [len(one.said) for one in talkers]
            assert await asyncio.to_thread(node.stop) == 0
            await asyncio.to_thread(node.start)
            await all_here(guests)
            assert [it for guest in guests for it in guest.trouble] == []
            # The load went on all the while.
            assert all(len(one.said) > was for one, was in zip(talkers, before, strict=True))
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    await asyncio.to_thread(_is_kept, cluster, talkers)


def _is_kept(cluster: Cluster, talkers: list[Talker]) -> None:
    """Check that transcripts hold once, and in that order, what was acknowledged."""
    with closing(cluster.line()) as line:
        for talker in talkers:
            said = set(talker.said)
            kept = [item["Id"] for item in items(line, talker.guest.connection_token)]
            assert [each for each in kept if each in said] == talker.said
