from __future__ import annotations

import asyncio
from typing import Any

import pytest

from openparticipant.transport.bounds import Bounds
from tests.transport.requests_on_the_wire import GET, POST
from tests.transport.served import Echo, Held, Served, on_loop, reply, serving, until


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\n", b"\r\n"])
@on_loop
async def test_incomplete_head_is_cut_off(sent: bytes) -> None:
    """A connection without a whole head after 10 s ends without an answer."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        await client.send(sent)
        await until(lambda: served.listener.connections == 1)
        await served.received(len(sent))
        served.pass_time(9.9)
        assert served.listener.connections == 1
        served.pass_time(0.2)
        assert await client.cut() == b""
        assert [r.reason for r in served.refusals] == (["slow-head"] if sent else [])
        assert echo.scopes == []


@on_loop
async def test_head_trickled_between_requests_is_cut_off() -> None:
    """The second request of a connection has no more time for its head than the first."""
    async with serving(Echo()) as served:
        client = await served.client()
        await client.ask(GET)
        served.pass_time(60)
        for byte in range(3):
            await client.send(b"\r\n")
            await served.received(len(GET) + 2 * byte + 2)
            served.pass_time(3.3)
        served.pass_time(0.2)
        assert await client.cut() == b""


@on_loop
async def test_idle_connection_is_kept_a_while() -> None:
    """Between two requests a client may be silent for the keep-alive span, and no longer."""
    async with serving(Echo(), Bounds(keep_alive=75)) as served:
        client = await served.client()
        await client.ask(GET)
        served.pass_time(74)
        assert (await client.ask(GET)).status == 200
        served.pass_time(74)
        assert served.listener.connections == 1
        served.pass_time(2)
        assert await client.rest() == b""
        assert served.refusals == []


@on_loop
async def test_client_may_wait_for_its_answer_as_long_as_it_takes() -> None:
    """While the application works, no span of the client's runs."""
    held = Held()
    async with serving(held) as served:
        client = await served.client()
        await client.send(GET)
        await until(lambda: held.calls == 1)
        served.pass_time(10_000)
        held.go.set()
        assert (await client.answer()).status == 200


@on_loop
async def test_body_below_the_minimum_rate_is_cut_off() -> None:
    """A trickled body ends without an answer, and the application is told."""
    echo = Echo()
    async with serving(echo, Bounds(rate=100, window=10)) as served:
        client = await served.client()
        head = POST + b"Content-Length: 5000\r\n\r\n"
        await client.send(head)
        for count in range(1, 12):
            await client.send(b"x" * 99)
            await served.received(len(head) + 99 * count)
            served.pass_time(1)
            if served.refusals:
                break
        assert await client.cut() == b""
        await until(lambda: echo.disconnects == 1)
        assert [r.reason for r in served.refusals] == ["slow-body"]
        assert served.refusals[0].status is None


@on_loop
async def test_slow_honest_upload_passes() -> None:
    """A body just above the minimum may take as long as it needs, with a silence inside."""
    async with serving(Echo(), Bounds(rate=100, window=10)) as served:
        client = await served.client()
        head = POST + b"Content-Length: 20000\r\n\r\n"
        await client.send(head)
        for count in range(1, 21):
            await client.send(b"x" * 1000)
            await served.received(len(head) + 1000 * count)
            served.pass_time(9.5)
        assert (await client.answer()).body == b"POST /a 20000"


@on_loop
async def test_time_in_which_the_application_does_not_read_is_ours() -> None:
    """A full buffer stops the client's clock: it could not send if it wanted to."""
    go = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await go.wait()
        await echo(scope, receive, send)

    echo = Echo()
    async with serving(app) as served:
        client = await served.client()
        sending = asyncio.create_task(
            client.send(POST + b"Content-Length: 9000000\r\n\r\n" + b"x" * 9_000_000)
        )
        await served.received(70_000)
        served.pass_time(1000)
        go.set()
        await sending
        assert (await client.answer()).body == b"POST /a 9000000"


@on_loop
async def test_body_nobody_reads_must_end_soon() -> None:
    """After the answer, the rest of a body is drained only for a while."""
    held = Held(403)
    held.go.set()
    async with serving(held) as served:
        client = await served.client()
        assert (await client.ask(POST + b"Content-Length: 99\r\n\r\n")).status == 403
        served.pass_time(29)
        assert served.listener.connections == 1
        served.pass_time(2)
        assert await client.cut() == b""
        assert [r.reason for r in served.refusals] == ["unread-body"]


@on_loop
async def test_refused_client_cannot_stay() -> None:
    """A client that does not close after a refusal is cut off."""
    async with serving(Echo()) as served:
        client = await served.client()
        await client.send(b"noise\r\n\r\n")
        assert (await client.answer()).status == 400
        served.pass_time(31)
        await until(lambda: served.listener.connections == 0)


@on_loop
async def test_head_that_we_stopped_reading_is_not_slow() -> None:
    """While a full pipeline keeps the server from reading, the client cannot finish its head."""
    held = Held()
    async with serving(held) as served:
        client = await served.client()
        await client.send(GET + GET + GET[:10])
        await served.received(2 * len(GET) + 10)
        served.pass_time(1000)
        held.go.set()
        await client.send(GET[10:])
        assert [(await client.answer()).status for _ in range(3)] == [200] * 3


async def download(scope: Any, receive: Any, send: Any) -> None:
    """Send 64 MiB in pieces of 256 KiB."""
    del scope, receive
    length = (b"content-length", b"67108864")
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    for left in range(255, -1, -1):
        await send({"type": "http.response.body", "body": bytes(262_144), "more_body": left > 0})


def stuck(served: Served) -> bool:
    """Tell whether the server has more to write than the client takes."""
    return any(c.flow.write_paused for c in served.listener._state.connections)  # type: ignore[union-attr]


@on_loop
async def test_client_that_never_reads_is_cut_off() -> None:
    """An answer that nobody takes is dropped after a span without progress."""
    async with serving(download) as served:
        client = await served.client()
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await client.send(GET)
        await until(lambda: stuck(served))
        served.pass_time(19)
        assert served.listener.connections == 1
        served.pass_time(2)
        await until(lambda: served.listener.connections == 0)
        assert [r.reason for r in served.refusals] == ["slow-reader"]


@on_loop
async def test_slow_honest_reader_gets_everything() -> None:
    """A download above the minimum may take as long as it needs."""
    async with serving(download) as served:
        client = await served.client()
        await client.send(GET)
        got = len(await client.reader.readuntil(b"\r\n\r\n")) * 0
        while got < 67_108_864:
            got += len(await client.reader.readexactly(4_194_304))
            served.pass_time(10)
        assert served.refusals == []


@on_loop
async def test_answer_is_flushed_or_dropped_after_its_connection_closes() -> None:
    """Closing waits for a slow reader, yet not for one that has stopped."""
    body = bytes(16_777_216)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await reply(send, 200, body)

    async with serving(app) as served:
        client = await served.client()
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await client.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        await until(lambda: served.listener.requests == 1)
        assert served.listener.connections == 1
        served.pass_time(21)
        await until(lambda: served.listener.connections == 0)


@on_loop
async def test_small_answer_is_dropped_with_a_client_that_never_reads() -> None:
    """Closing does not wait for a reader that has stopped, however little is left to write."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await reply(send, 200, bytes(40_000))

    async with serving(app, narrow=True) as served:
        client = await served.client()
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await client.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        await until(lambda: served.listener.requests == 1)
        assert not stuck(served)
        served.pass_time(21)
        await until(lambda: served.listener.connections == 0)


@on_loop
async def test_closing_waits_for_a_slow_honest_reader() -> None:
    """The last part of an answer may take as long as the parts before it."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await reply(send, 200, bytes(33_554_432))

    async with serving(app) as served:
        client = await served.client()
        await client.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        await client.reader.readuntil(b"\r\n\r\n")
        for _ in range(8):
            await client.reader.readexactly(4_194_304)
            served.pass_time(10)
        assert await client.rest() == b""
        assert served.refusals == []
