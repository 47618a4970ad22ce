"""Who makes room when there are as many connections as there may be."""

from __future__ import annotations

from openparticipant.transport.bounds import Bounds
from tests.transport.requests_on_the_wire import GET, POST
from tests.transport.served import Client, Echo, Held, Served, on_loop, serving, until


async def arrived(served: Served, count: int) -> Client:
    """Connect one more client, as whom the server then has so many."""
    client = await served.client()
    await until(lambda: served.listener.connections == count)
    return client


@on_loop
async def test_the_longest_idle_makes_room() -> None:
    """Whoever asked most recently stays, however long ago it came."""
    async with serving(Echo(), most=2) as served:
        first = await arrived(served, 1)
        second = await arrived(served, 2)
        assert (await first.ask(GET)).status == 200
        third = await served.client()
        assert await second.rest() == b""
        assert (await third.ask(GET)).status == 200
        fourth = await served.client()
        assert await first.rest() == b""
        for client in (third, fourth):
            assert (await client.ask(GET)).status == 200
        assert served.refusals == []


@on_loop
async def test_who_is_served_or_sends_stays() -> None:
    """A request under way, half a head and half a body keep their connections; the newcomer goes."""
    held = Held()
    async with serving(held, most=3) as served:
        asking, uploading, beginning = [await arrived(served, n) for n in (1, 2, 3)]
        await asking.send(GET)
        await uploading.send(POST + b"Content-Length: 3\r\n\r\na")
        await until(lambda: held.calls == 2)
        await beginning.send(GET[:9])
        await served.received(9)
        late = await served.client()
        assert await late.cut() == b""
        assert [(r.status, r.reason) for r in served.refusals] == [(None, "crowd")]
        held.go.set()
        assert (await asking.answer()).status == 200
        assert (await served.client()).writer  # takes the place of the one that is answered
        assert await asking.rest() == b""
        await beginning.send(GET[9:])
        assert (await beginning.answer()).status == 200


@on_loop
async def test_a_body_left_unread_is_not_idle_until_it_ends() -> None:
    """An answer that came early leaves its connection in use."""
    held = Held(403)
    held.go.set()
    async with serving(held, most=1) as served:
        early = await arrived(served, 1)
        assert (await early.ask(POST + b"Content-Length: 3\r\n\r\na")).status == 403
        assert await (await served.client()).cut() == b""
        await early.send(b"bc")
        await until(lambda: any(c._received >= 9 for c in served.listener._state.connections))  # type: ignore[union-attr]
        assert (await early.ask(GET)).status == 403
        newcomer = await served.client()
        assert await early.rest() == b""
        assert (await newcomer.ask(GET)).status == 403


@on_loop
async def test_the_slow_are_swept_and_leave_their_places() -> None:
    """Heads that do not end hold a crowded server for the time of a head, no longer."""
    async with serving(Echo(), Bounds(head_seconds=5), most=3) as served:
        slow = [await arrived(served, n) for n in (1, 2, 3)]
        for client in slow:
            await client.send(GET[:9])
        await until(lambda: all(c._received for c in served.listener._state.connections))  # type: ignore[union-attr]
        assert await (await served.client()).cut() == b""
        served.pass_time(6)
        for client in slow:
            assert await client.cut() == b""
        assert (await (await served.client()).ask(GET)).status == 200


@on_loop
async def test_who_has_left_takes_no_place() -> None:
    """Clients that come, ask and go are forgotten."""
    async with serving(Echo(), most=2) as served:
        for _ in range(20):
            client = await served.client()
            assert (await client.ask(GET)).status == 200
            client.writer.close()
            await until(lambda: served.listener.connections == 0)
        protocol = served.listener._config.http_protocol_class
        assert not protocol.crowd._idle  # type: ignore[attr-defined]
