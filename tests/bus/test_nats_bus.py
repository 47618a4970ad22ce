"""What comes by NATS that no node of ours sent, and what becomes of a NATS that fails."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats as official
import pytest
from nats.aio.client import Client

from openparticipant.bus import envelope
from openparticipant.bus.nats_connection import LARGEST
from openparticipant.domain.contact import Participant, Role
from openparticipant.domain.transcript import Advanced, Notice, Receipt, Receipted, Typing
from openparticipant.testing.bus_contract import CONTACT, OTHER, Ear, said
from tests.bus.nodes import KEY, CountingBus, buses, settle, until
from tests.engines.nats import NatsServer

SUBJECT = f"openparticipant.contact.{CONTACT}"
TYPING = Typing(CONTACT, "typing", 7, Participant("somebody", Role.AGENT, "x"))


@asynccontextmanager
async def stranger(url: str) -> AsyncIterator[Client]:
    """Return another client of the same NATS, of another make."""
    client = await official.connect(url)
    try:
        yield client
    finally:
        await client.close()


async def test_noise_on_a_subject_is_dropped_and_counted(nats: str) -> None:
    """Whatever a stranger publishes, nobody hears it, and what is ours arrives behind it."""
    async with buses(nats) as (here, there), stranger(nats) as other:
        ear = Ear(there)
        await settle(there)
        sealed = envelope.seal(KEY, said(1))
        for noise in (b"", b"\0" * 40, b"{}", envelope.seal(b"wrong", said(1)), sealed[:-1]):
            await other.publish(SUBJECT, noise)
        await other.publish(SUBJECT, b"OP\x07" + sealed[3:])
        await other.publish(SUBJECT, b"x" * 1_000_000)
        await until(lambda: there.counted.total() == 7)
        here.publish(said(1))

        assert await ear.next() == said(1)
        assert there.counted == {"foreign": 5, "version": 1, "large": 1, "in": 1}
        assert there.trouble is None


async def test_a_reply_subject_that_is_no_text_harms_nobody(tmp_path: Path) -> None:
    """The bytes of a subject are the publisher's choice."""
    with NatsServer(tmp_path) as server:
        async with buses(server.url) as (here, there):
            ear = Ear(there)
            await settle(there)
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"CONNECT {}\r\nPUB %b \xff\xfe 1\r\nx\r\n" % SUBJECT.encode())
            await until(lambda: there.counted["foreign"] == 1)
            here.publish(said(1))

            assert await ear.next() == said(1)
            assert there.trouble is None
            writer.close()


async def test_what_comes_twice_is_told_once(nats: str) -> None:
    """A notice that somebody repeats, at the node that sent it too, is dropped; also an old one."""
    receipt = Receipted(CONTACT, "receipt", 8, "item-1", Receipt("somebody", 9, None))
    notices: list[Notice] = [said(1), TYPING, receipt]
    async with buses(nats) as (here, there), stranger(nats) as other:
        near, far = Ear(here), Ear(there)
        echoes = await other.subscribe(SUBJECT)
        await settle(here, there)
        await other.publish(SUBJECT, b"heard?")
        await echoes.next_msg(10)
        for notice in notices:
            here.publish(notice)
        caught = [(await echoes.next_msg(10)).data for _ in notices]
        await echoes.unsubscribe()
        for data in [*caught, *caught]:
            await other.publish(SUBJECT, data)
        await until(lambda: here.counted["repeated"] == there.counted["repeated"] == 6)
        here.publish(said(2))

        assert [await far.next() for _ in range(4)] == [*notices, said(2)]
        assert [near.heard.get_nowait() for _ in range(4)] == [*notices, said(2)]
        assert far.heard.empty()


async def test_what_is_too_large_is_told_without_its_content(nats: str) -> None:
    """Rooms then read it from the store; what is not stored is lost."""
    async with buses(nats) as (here, there):
        near, far = Ear(here), Ear(there)
        await settle(there)
        here.publish(said(1, "x" * LARGEST))
        here.publish(Typing(CONTACT, "typing", 7, Participant("x", Role.AGENT, "x" * LARGEST)))
        here.publish(said(2))

        assert await far.next() == Advanced(CONTACT, 1)
        assert await far.next() == said(2)
        assert near.heard.get_nowait() == said(1, "x" * LARGEST)
        assert here.counted == {"out": 2, "large": 1}


async def test_the_limit_of_the_server_is_heeded(tmp_path: Path) -> None:
    """A NATS that takes little closes the connection of whoever sends more."""
    with NatsServer(tmp_path, config="max_payload: 200\n") as server:
        async with buses(server.url) as (here, there):
            far = Ear(there)
            await settle(there)
            here.publish(said(1, "x" * 200))

            assert await far.next() == Advanced(CONTACT, 1)
            assert here.trouble is None


async def test_it_comes_back_after_a_kill(tmp_path: Path) -> None:
    """Nodes say what is wrong, tell their own meanwhile, and hear each other again by themselves."""
    with NatsServer(tmp_path) as server:
        async with buses(server.url) as (here, there):
            near, far = Ear(here), Ear(there)
            await settle(there)
            server.kill()
            await until(lambda: here.trouble is not None and there.trouble is not None)
            here.publish(said(1))

            assert near.heard.get_nowait() == said(1)
            assert here.counted == {"down": 1}
            assert here.trouble is not None
            assert here.trouble.startswith(f"bus: 127.0.0.1:{server.port}: ")

            late = Ear(there)
            server.start()
            await until(lambda: here.trouble is None and there.trouble is None)
            here.publish(said(2))

            assert await far.next() == said(2)
            assert await late.next() == said(2)


async def test_it_comes_back_after_a_freeze(tmp_path: Path) -> None:
    """A NATS that takes nothing is noticed, costs no memory, and no publisher waits for it."""
    with NatsServer(tmp_path) as server:
        async with buses(server.url) as (here, there):
            far = Ear(there)
            await settle(there)
            server.freeze()
            tracemalloc.start()
            for ordinal in range(1, 1001):
                here.publish(said(ordinal, "x" * 20_000))
            held, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()

            assert held < 4 * 1024 * 1024
            assert here.counted["full"] > 500

            await until(lambda: here.trouble is not None and there.trouble is not None)
            here.publish(said(2000))
            assert here.counted["down"] == 1

            server.thaw()
            await until(lambda: here.trouble is None and there.trouble is None)
            here.publish(said(2001))
            while (await far.next()) != said(2001):
                pass


async def test_another_server_takes_over(tmp_path: Path) -> None:
    """Of several servers, the first that lets us in is used, at the start and later."""
    first, second = NatsServer(tmp_path), NatsServer(tmp_path)
    with second:
        async with buses(f"{first.url},127.0.0.1:{second.port}") as (here, there):
            far = Ear(there)
            await settle(there)
            with first:
                second.kill()
                await until(lambda: {here.server, there.server} == {f"127.0.0.1:{first.port}"})
                here.publish(said(1))

                assert await far.next() == said(1)


async def test_no_memory_grows_while_it_is_away(tmp_path: Path) -> None:
    """Chats come and go for as long as NATS is down, and leave nothing."""
    with NatsServer(tmp_path) as server:
        async with buses(server.url, 1) as (bus,):
            server.kill()
            await until(lambda: bus.trouble is not None)

            def pass_by(number: int) -> None:
                stop = bus.listen(f"contact-{number}", lambda _: None)
                bus.publish(said(number, contact_id=f"contact-{number}"))
                stop()

            pass_by(0)
            tracemalloc.start()
            for number in range(5000):
                pass_by(number)
            held, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()

            assert held < 200_000
            assert bus.counted == {"down": 5001}


async def test_a_listener_that_fails_does_not_end_the_connection(
    nats: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Its fault is logged; the others of the node hear what comes next."""

    def fail(_: object) -> None:
        raise LookupError("a fault")

    async with buses(nats) as (here, there):
        there.listen(CONTACT, fail)
        await settle(there)
        connection = there._connection
        here.publish(said(1))
        await until(lambda: "a fault" in caplog.text)
        ear = Ear(there, OTHER)
        await settle(there)
        here.publish(said(1, contact_id=OTHER))

        assert await ear.next() == said(1, contact_id=OTHER)
        assert there._connection is connection


async def test_what_was_published_before_the_end_goes_out(tmp_path: Path) -> None:
    """Also what the server had no time to take yet."""
    with NatsServer(tmp_path) as server:
        async with buses(server.url, 1) as (listening,):
            ear = Ear(listening)
            await settle(listening)
            ending = CountingBus(server.url)
            await ending.open()
            server.freeze()
            for _ in range(20):  # the kernel takes a part each time, up to its own bound
                for _ in range(60):
                    ending.publish(said(ending.counted["out"] + 1, "x" * 20_000))
                await asyncio.sleep(0)
            assert ending.counted["full"] > 0
            closing = asyncio.create_task(ending.close())
            await asyncio.sleep(0)
            server.thaw()
            await closing

            for ordinal in range(1, ending.counted["out"] + 1):
                assert await ear.next() == said(ordinal, "x" * 20_000)
