"""Chats under load, a fault a minute, and the reckoning."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import aiohttp

from tests.chaos.chat import Chat
from tests.chaos.faults import Fault
from tests.chaos.service import Service, WrongAnswerError
from tests.cluster.cluster import Cluster
from tests.storm.storms import invite

_FINISHING = 240.0  # seconds for what was begun when it was enough


@dataclass(frozen=True, slots=True)
class Tally:
    """What was put at risk, and how often clients had to ask again."""

    chats: int
    messages: int
    files: int
    sockets: int
    tried_again: dict[str, int]
    too_often: dict[str, int]


async def run(
    cluster: Cluster,
    chats: int,
    seed: int,
    faults: Iterable[Fault],
    say: Callable[[str], None] = lambda line: print(line, flush=True),
) -> Tally:
    """Let the chats talk while faults strike; raise WrongAnswerError where anything is lost."""
    rng = random.Random(seed)
    guests = await asyncio.to_thread(invite, cluster.url, cluster.nodes[0].data_dir, 2 * chats)
    tokens = [guest.participant_token for guest in guests]
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        service = Service(cluster.url, session)
        held = [
            Chat(service, pair, rng.getrandbits(32))
            for pair in zip(tokens[::2], tokens[1::2], strict=True)
        ]
        staying = [asyncio.create_task(side.stay()) for chat in held for side in chat.sides]
        enough = asyncio.Event()
        talking = [asyncio.create_task(chat.go_on(enough)) for chat in held]
        try:
            for fault in faults:
                await _strike(fault, service, [*staying, *talking], cluster, say)
            enough.set()
            async with asyncio.timeout(_FINISHING):
                await asyncio.gather(*talking)
            await _all_hear(held)
            for chat in held:
                await chat.audit()
            _raise_first([*staying, *talking])
        finally:
            for task in (*staying, *talking):
                task.cancel()
            await asyncio.wait([*staying, *talking])
    return Tally(
        chats,
        sum(len(chat.ledger.messages) for chat in held),
        sum(len(chat.ledger.files) for chat in held),
        sum(side.sockets for chat in held for side in chat.sides),
        dict(service.tried_again),
        dict(service.too_often),
    )


async def _strike(
    fault: Fault,
    service: Service,
    tasks: Sequence[asyncio.Task[None]],
    cluster: Cluster,
    say: Callable[[str], None],
) -> None:
    await asyncio.sleep(fault.calm)
    began, done = time.monotonic(), service.answered.total()
    say(f"{fault}")
    await fault.strike()
    after = service.answered.total()
    await asyncio.sleep(fault.rest)
    calls = service.answered.total()
    say(
        f"  {after - done} calls meanwhile, {calls - after} in the {fault.rest:.0f} s behind it, "
        f"{time.monotonic() - began:.0f} s in all"
    )
    if calls == after:
        raise WrongAnswerError("nothing is answered any more")
    for number, node in enumerate(cluster.nodes, 1):
        if node.running.popen.poll() is not None:
            raise WrongAnswerError(f"node {number} has ended by itself")
    _raise_first(tasks)


def _raise_first(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done():
            task.result()


async def _all_hear(chats: Sequence[Chat]) -> None:
    """Check that every chat lives: what one side says now, both sockets hear."""

    async def hears(chat: Chat) -> None:
        await asyncio.gather(*(side.is_here() for side in chat.sides))
        said = await chat.say(chat.sides[0])
        while not all(said in side.heard for side in chat.sides):  # noqa: ASYNC110 - bounded below
            await asyncio.sleep(0.1)

    try:
        async with asyncio.timeout(60):
            await asyncio.gather(*map(hears, chats))
    except TimeoutError:
        raise WrongAnswerError("somebody does not hear what is said") from None
