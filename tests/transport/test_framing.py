from __future__ import annotations

from typing import Any

import pytest

from openparticipant.transport.bounds import Bounds
from tests.transport.requests_on_the_wire import GET, POST, assert_refusal
from tests.transport.served import Echo, Held, on_loop, serving, until


@on_loop
async def test_client_that_asks_first_is_told_to_go_on() -> None:
    """`100 Continue` goes out when the application reads, and not before."""
    held = Held()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await held.go.wait()
        await echo(scope, receive, send)

    echo = Echo()
    async with serving(app) as served:
        client = await served.client()
        head = POST + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n"
        await client.send(head)
        await served.received(len(head))
        served.pass_time(1000)
        held.go.set()
        assert (await client.answer()).status == 100
        assert (await client.ask(b"abc")).body == b"POST /a 3"
        assert await client.rest() == b""


@on_loop
async def test_client_that_asks_first_may_be_told_no() -> None:
    """A refusal before the body ends the connection: nobody knows whether the body follows."""
    held = Held(403)
    held.go.set()
    async with serving(held) as served:
        client = await served.client()
        answer = await client.ask(POST + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert (answer.status, answer.headers["connection"]) == (403, "close")
        assert await client.rest() == b""


@pytest.mark.parametrize("connection", [b"keep-alive", b"close"])
@on_loop
async def test_early_answer_survives_the_rest_of_the_body(connection: bytes) -> None:
    """An upload refused at its first byte can be sent to the end before the answer is read."""
    held = Held(403)
    held.go.set()
    async with serving(held) as served:
        client = await served.client()
        head = POST + b"Content-Length: 9000000\r\nConnection: " + connection + b"\r\n\r\n"
        await client.send(head + b"x" * 9_000_000)
        assert (await client.answer()).status == 403
        if connection == b"close":
            assert await client.rest() == b""
        else:
            assert (await client.ask(GET)).status == 403


@on_loop
async def test_chunked_body_reaches_the_application_as_such() -> None:
    """The upload route refuses chunked bodies, so it must see the header that says so."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        chunks = b"3;extension=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        answer = await client.ask(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
        assert answer.body == b"POST /a 5"
        assert (await client.ask(GET)).status == 200
    assert (b"transfer-encoding", b"chunked") in echo.scopes[0]["headers"]


@on_loop
async def test_chunk_may_be_larger_than_a_head() -> None:
    """The bound on trailers says nothing about the chunks before them."""
    async with serving(Echo(), Bounds(head_bytes=1000)) as served:
        client = await served.client()
        await client.send(POST + b"Transfer-Encoding: chunked\r\n\r\nf4240\r\n")
        await client.send(b"x" * 1_000_000 + b"\r\n0\r\n\r\n")
        assert (await client.answer()).body == b"POST /a 1000000"


@on_loop
async def test_trailers_never_become_headers() -> None:
    """What follows a chunked body was not there when the request was judged."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        await client.ask(
            POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Amz-Bearer: a\r\nB: c\r\n\r\n"
        )
    assert [name for name, _ in echo.scopes[0]["headers"]] == [b"host", b"transfer-encoding"]


@pytest.mark.parametrize("trailer", [b"A: ", b"A: b\r\n" * 3000])
@on_loop
async def test_endless_trailers_are_refused(trailer: bytes) -> None:
    """Trailers are bounded like a head, and the application hears that its request is off."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        await client.send(POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n" + trailer)
        await client.send(b"a" * 1_000_000)
        assert_refusal(await client.rest(), 413, "RequestEntityTooLargeException")
        await until(lambda: echo.disconnects == 1)


@on_loop
async def test_broken_chunk_is_refused_and_the_application_told() -> None:
    """A body that stops making sense is never taken for a whole one."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        await client.send(POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        await until(lambda: len(echo.scopes) == 1)
        await client.send(b"zz\r\n")
        assert_refusal(await client.rest(), 400, "ValidationException")
        await until(lambda: echo.disconnects == 1)


@on_loop
async def test_broken_body_behind_its_answer_ends_the_connection() -> None:
    """Once a request is answered, a second answer to it would be taken for the next one's."""
    held = Held()
    held.go.set()
    async with serving(held) as served:
        client = await served.client()
        assert (await client.ask(POST + b"Transfer-Encoding: chunked\r\n\r\n")).status == 200
        await client.send(b"zz\r\n")
        assert await client.cut() == b""


@on_loop
async def test_offer_of_another_protocol_is_declined_without_loss() -> None:
    """Java's client offers h2c with every plain request and sends its body all the same."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\n"
        assert (await client.ask(POST + offer + b"abc")).body == b"POST /a 3"
        await client.send(POST + offer + b"abc" + GET)
        assert (await client.answer()).body == b"POST /a 3"
        assert (await client.answer()).body == b"GET /a 0"


@on_loop
async def test_body_of_a_declined_offer_is_never_read_as_a_request() -> None:
    """Where an offered protocol swallows the body, its bytes must not become a request."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        hidden = b"GET /hidden HTTP/1.1\r\n\r\n"
        head = POST + b"Connection: upgrade\r\nUpgrade: x\r\nContent-Length: %d\r\n\r\n"
        await client.send(head % len(hidden))
        await client.send(hidden)
        assert (await client.answer()).status == 200
        assert (await client.ask(GET)).status == 200
    assert [scope["path"] for scope in echo.scopes] == ["/a", "/a"]


@on_loop
async def test_pipelined_requests_are_answered_in_order() -> None:
    """Requests sent at once are answered one after the other."""
    async with serving(Echo()) as served:
        client = await served.client()
        await client.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % n for n in range(20)))
        for number in range(20):
            assert (await client.answer()).body == b"GET /%d 0" % number


@on_loop
async def test_depth_of_a_pipeline_is_bounded() -> None:
    """Beyond the bound requests stay unread, and the last answer says that the connection ends."""
    held = Held()
    async with serving(held, Bounds(pipelined=3)) as served:
        client = await served.client()
        await client.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % n for n in range(2000)))
        await until(lambda: held.calls == 1)
        held.go.set()
        answers = [await client.answer() for _ in range(4)]
        assert [a.body for a in answers] == [b"/0", b"/1", b"/2", b"/3"]
        assert answers[-1].headers["connection"] == "close"
        assert await client.rest() == b""
        assert held.calls == 4


@on_loop
async def test_depth_of_a_pipeline_is_bounded_behind_a_declined_offer() -> None:
    """An offer of another protocol changes nothing about what follows it."""
    held = Held()
    offer = b"GET /0 HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
    async with serving(held, Bounds(pipelined=3)) as served:
        client = await served.client()
        await client.send(offer * 2000)
        await until(lambda: held.calls == 1)
        held.go.set()
        answers = [await client.answer() for _ in range(4)]
        assert answers[-1].headers["connection"] == "close"
        assert await client.rest() == b""
        assert served.refusals == []


@on_loop
async def test_refusal_waits_for_the_answers_before_it() -> None:
    """A client matches answers by their order, so a refusal never overtakes one."""
    held = Held()
    async with serving(held) as served:
        client = await served.client()
        await client.send(GET + GET + b"noise\r\n\r\n")
        await until(lambda: len(served.refusals) == 1)
        held.go.set()
        assert [(await client.answer()).status for _ in range(2)] == [200, 200]
        assert_refusal(await client.rest(), 400, "ValidationException")


@on_loop
async def test_broken_body_in_a_pipeline_spares_the_requests_before_it() -> None:
    """A request that turns out malformed before its turn is never started."""
    held = Held()
    async with serving(held) as served:
        client = await served.client()
        await client.send(GET + POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
        await until(lambda: len(served.refusals) == 1)
        held.go.set()
        assert (await client.answer()).status == 200
        assert_refusal(await client.rest(), 400, "ValidationException")
        assert held.calls == 1


@on_loop
async def test_nothing_follows_the_last_answer_of_a_connection() -> None:
    """After an answer that says close, what was pipelined is neither run nor answered."""
    calls = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal calls
        del scope, receive
        calls += 1
        headers = [(b"content-length", b"0"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body"})

    async with serving(app) as served:
        client = await served.client()
        await client.send(GET + GET + GET[:10])
        assert (await client.answer()).status == 200
        assert await client.rest() == b""
        client.writer.close()
        await until(lambda: served.listener.connections == 0)
    assert calls == 1
