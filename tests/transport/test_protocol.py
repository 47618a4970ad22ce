from __future__ import annotations

import asyncio
import itertools
import logging
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openparticipant.transport.bounds import Bounds
from tests.transport.requests_on_the_wire import GET, MALFORMED, POST, assert_refusal
from tests.transport.served import Echo, on_loop, serving


@on_loop
async def test_target_reaches_the_application_undecoded() -> None:
    """A signature covers the target's bytes, so the scope carries them as they were sent."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        answer = await client.ask(b"GET /a%2Fb%20c?X-Amz-Date=1%2B1&y HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.status == 200
    assert echo.scopes[0]["raw_path"] == b"/a%2Fb%20c"
    assert echo.scopes[0]["query_string"] == b"X-Amz-Date=1%2B1&y"


@on_loop
async def test_absolute_target_is_served_by_its_path() -> None:
    """A proxy's form of the target means the same resource."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        await client.ask(b"GET http://here:1/p?q HTTP/1.1\r\nHost: here:1\r\n\r\n")
    assert (echo.scopes[0]["raw_path"], echo.scopes[0]["query_string"]) == (b"/p", b"q")


@on_loop
async def test_many_requests_share_a_connection() -> None:
    """Requests one after the other find the connection as the first one did."""
    async with serving(Echo()) as served:
        client = await served.client()
        for size in (0, 3, 100_000, 0):
            head = POST + b"Content-Length: %d\r\n\r\n" % size
            answer = await client.ask(head + b"x" * size)
            assert answer.body == b"POST /a %d" % size
        assert "connection" not in answer.headers
        assert served.listener.requests == 4


@on_loop
async def test_old_protocol_version_closes_after_the_answer() -> None:
    """HTTP/1.0 gets its answer and the end of the connection."""
    async with serving(Echo()) as served:
        client = await served.client()
        assert (await client.ask(b"GET /a HTTP/1.0\r\n\r\n")).status == 200
        assert await client.rest() == b""


@pytest.mark.parametrize("name", MALFORMED)
@on_loop
async def test_malformed_request_is_a_readable_400(name: str) -> None:
    """Whatever the parser cannot read is a ValidationException, logged under its id, and the end."""
    async with serving(Echo()) as served:
        client = await served.client()
        await client.send(MALFORMED[name])
        assert_refusal(await client.rest(), 400, "ValidationException")
        assert [(r.request_id, r.status, r.reason) for r in served.refusals] == [
            ("request-1", 400, "malformed")
        ]


@on_loop
async def test_refusal_repeats_nothing_of_the_request() -> None:
    """A target may carry a signature and a header a token: neither is echoed nor logged."""
    async with serving(Echo()) as served:
        client = await served.client()
        await client.send(
            b"GET /?X-Amz-Signature=s3cret#s3cret HTTP/1.1\r\nHost: x\r\nA: s3cret\r\n\r\n"
        )
        assert b"s3cret" not in await client.rest()
        assert "s3cret" not in repr(served.refusals)


@on_loop
async def test_nothing_of_a_request_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """No logger of the server stack writes targets, headers or bodies, at any level."""
    caplog.set_level(1)
    async with serving(Echo()) as served:
        client = await served.client()
        await client.ask(b"GET /s3cret?s3cret HTTP/1.1\r\nHost: x\r\nA: s3cret\r\n\r\n")
        await client.ask(
            b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: s3cret\r\n\r\n"
        )
        await client.send(b"s3cret\r\n\r\n")
        await client.rest()
    assert not [r for r in caplog.records if "s3cret" in r.getMessage() + str(r.exc_text)]


@on_loop
async def test_failing_application_is_logged_by_our_logger(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A fault that the application lets through is an error in the operator's log."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive, send
        raise LookupError("fault")

    async with serving(app) as served:
        client = await served.client()
        assert (await client.ask(GET)).status == 500
    logged = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert [r.name for r in logged] == ["openparticipant.transport.protocol"]


def head_of(size: int) -> bytes:
    """Return a request without a body whose head has exactly `size` bytes."""
    start, end = b"GET /a HTTP/1.1\r\nHost: x\r\nA: ", b"\r\n\r\n"
    return start + b"a" * (size - len(start) - len(end)) + end


@pytest.mark.parametrize("pieces", [1, 2, 7])
@pytest.mark.parametrize("behind", [b"", GET, POST + b"Content-Length: 3000\r\n\r\n" + b"x" * 3000])
@on_loop
async def test_head_may_have_as_many_bytes_as_allowed(behind: bytes, pieces: int) -> None:
    """The bound on a head is exact, however it is cut up and whatever stands before it."""
    for excess in (0, 1):
        async with serving(Echo(), Bounds(head_bytes=1000)) as served:
            client = await served.client()
            sent = behind + head_of(1000 + excess)
            step = -(-len(sent) // pieces)
            for start in range(0, len(sent), step):
                await client.send(sent[start : start + step])
                await served.received(min(start + step, len(sent)))
            if behind:
                assert (await client.answer()).status == 200
            if excess:
                assert_refusal(await client.rest(), 413, "RequestEntityTooLargeException")
            else:
                assert (await client.answer()).status == 200


@on_loop
async def test_body_does_not_count_as_head() -> None:
    """A small head that arrives together with a big body is within bounds."""
    async with serving(Echo(), Bounds(head_bytes=1000)) as served:
        client = await served.client()
        answer = await client.ask(POST + b"Content-Length: 5000\r\n\r\n" + b"x" * 5000)
        assert answer.body == b"POST /a 5000"


@pytest.mark.parametrize("part", [b"GET /", b"GET / HTTP/1.1\r\nA: ", b"GET / HTTP/1.1\r\nA"])
@on_loop
async def test_endless_head_is_answered_and_not_kept(part: bytes) -> None:
    """A client that sends 4 MB of head before it reads gets the 413, not a reset."""
    async with serving(Echo()) as served:
        client = await served.client()
        await client.send(part + b"a" * 4_000_000)
        assert_refusal(await client.rest(), 413, "RequestEntityTooLargeException")
        assert [r.reason for r in served.refusals] == ["head-too-large"]


@on_loop
async def test_endless_empty_lines_are_a_head_too() -> None:
    """Line ends before a request line are within the same bound."""
    async with serving(Echo()) as served:
        client = await served.client()
        await client.send(b"\r\n" * 100_000)
        assert_refusal(await client.rest(), 413, "RequestEntityTooLargeException")


@on_loop
async def test_header_count_is_bounded() -> None:
    """A hundred headers are served, one more is refused."""
    async with serving(Echo()) as served:
        for count, status in ((100, 200), (101, 413)):
            client = await served.client()
            head = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * (count - 1) + b"\r\n"
            assert (await client.ask(head)).status == status


@on_loop
async def test_draining_server_says_goodbye_once_in_each_answer() -> None:
    """During a drain every answer ends its connection, refusals included, on any tick."""
    async with serving(Echo()) as served:
        served.listener.dismiss()
        for _ in range(2):
            for request in (GET, MALFORMED["noise"]):
                client = await served.client()
                await client.send(request)
                assert (await client.rest()).count(b"connection: close\r\n") == 1
            served.pass_time(1)


async def transcript(data: bytes, cuts: list[int]) -> tuple[list[int], int]:
    """Return the statuses that `data` gets when sent in pieces, and how many refusals."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
        for start, end in itertools.pairwise(edges):
            client.writer.write(data[start:end])
            await asyncio.sleep(0)
        client.writer.write_eof()
        got = await client.cut()
        return statuses(got), len(served.refusals)


def statuses(got: bytes) -> list[int]:
    """Read the status of each of several answers."""
    found = []
    while got:
        head, _, got = got.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 ")
        found.append(int(head[9:12]))
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        got = got[int(length or b"0") :]
    return found


FRAGMENTS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *MALFORMED.values(),
                GET,
                POST,
                b"\r\n",
                b"\r\n\r\n",
                b"Content-Length: 4\r\n",
                b"Transfer-Encoding: chunked\r\n",
                b"Expect: 100-continue\r\n",
                b"Connection: upgrade\r\nUpgrade: h2c\r\n",
                b"Connection: close\r\n",
                b"4\r\nabcd\r\n",
                b"0\r\n",
                b"\x00",
            ]
        ),
        st.binary(max_size=20),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(FRAGMENTS, st.lists(st.integers(0, 2000), max_size=4))
def test_no_input_does_harm(fragments: list[bytes], cuts: list[int]) -> None:
    """Any bytes, in any pieces, get whole answers with agreed statuses, and one refusal at most."""

    @on_loop
    async def scenario() -> None:
        found, refusals = await transcript(b"".join(fragments), cuts)
        assert set(found) <= {100, 200, 400, 413}
        assert refusals <= 1
        assert [s for s in found if s >= 400] == [s for s in found[-1:] if s >= 400]

    scenario()
