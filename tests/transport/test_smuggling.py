"""Requests that two readers would not end at the same byte, each with another one behind it."""

from __future__ import annotations

import contextlib

import pytest

from openparticipant.transport.bounds import Bounds
from tests.transport.requests_on_the_wire import GET, MALFORMED, POST, assert_refusal
from tests.transport.served import Echo, on_loop, serving, until

HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
OLD = b"POST /a HTTP/1.0\r\nHost: x\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"3\r\nabc\r\n0\r\n\r\n"
UPGRADE = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)

HEADS = {
    **MALFORMED,
    **{
        f"Content-Length: {value}": POST + f"Content-Length: {value}\r\n\r\nabc".encode()
        for value in (
            *("3 3", "0x3", "3.0", "3;a=b", "3,", "9223372036854775808", "18446744073709551615"),
        )
    },
    **{
        f"Transfer-Encoding: {value}": POST
        + f"Transfer-Encoding: {value}\r\n\r\n".encode("latin-1")
        + CHUNKS
        for value in (
            *("identity", "identity, chunked", "gzip, chunked", "chunked, chunked", ",chunked"),
            *("chunked,", "chunked;a=b", "chunked x", '"chunked"', "chunke", "chunked\xa0", ""),
        )
    },
    "two encodings": POST + CHUNKED + b"Transfer-Encoding: identity\r\n\r\n" + CHUNKS,
    "tab before the colon": POST + b"Transfer-Encoding\t: chunked\r\n\r\n" + CHUNKS,
    "folded encoding": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + CHUNKS,
    "folded with a tab": POST + b"A: b\r\n\tContent-Length: 3\r\n\r\nabc",
    "folded first header": b"GET / HTTP/1.1\r\n Host: x\r\n\r\n",
    "chunked in HTTP/1.0": OLD + CHUNKED + b"\r\n" + CHUNKS,
    "chunked in HTTP/1.0, kept": OLD + b"Connection: keep-alive\r\n" + CHUNKED + b"\r\n" + CHUNKS,
    "HTTP/0.9": b"GET /a\r\n\r\n",
    "HTTP/2.0": b"GET /a HTTP/2.0\r\nHost: x\r\n\r\n",
    "line feed behind a value": POST + b"A: b\nContent-Length: 3\r\n\r\nabc",
    "carriage return behind a value": POST + b"A: b\rContent-Length: 3\r\n\r\nabc",
    "line feed behind the request line": b"GET / HTTP/1.1\nHost: x\r\n\r\n",
    "line feed for an empty line": b"GET / HTTP/1.1\r\nHost: x\r\n\n",
    "two Hosts": b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "the same Host twice": b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
    "no Host": b"GET / HTTP/1.1\r\n\r\n",
    "a list of Hosts": b"GET / HTTP/1.1\r\nHost: x, y\r\n\r\n",
    "a Host with a user": b"GET / HTTP/1.1\r\nHost: a@x\r\n\r\n",
    "a Host with a path": b"GET / HTTP/1.1\r\nHost: x/a\r\n\r\n",
    "a target of another host": b"GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "a target with a user": b"GET http://a@x/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "a handshake with a body": b"GET / HTTP/1.1\r\nHost: x\r\n"
    + UPGRADE
    + b"Content-Length: %d\r\n\r\n" % len(HIDDEN),
    "a handshake with chunks": b"GET / HTTP/1.1\r\nHost: x\r\n" + UPGRADE + CHUNKED + b"\r\n0\r\n\r\n",
    **{
        f"byte {byte} in a value": POST + b"A: b%cc\r\n\r\n" % byte
        for byte in range(0x80)
        if (byte < 0x20 or byte == 0x7F) and byte != 0x09
    },
    **{
        f"byte {byte} in a name": POST + b"A%cB: c\r\n\r\n" % byte
        for byte in b'\0\x01\t\x0b\x0c\x1f "(),/;<=>?@[\\]{}\x7f\x80\xff'
    },
}  # fmt: skip

CHUNK_SIZES = [
    *(b"+3", b"-3", b"0x3", b"3 ", b" 3", b"3\t", b"", b"g", b"3;", b"3;\x00", b"3;a\n", b"3;a\rb"),
    *(b'3;a="b\r\n"', b"10000000000000003"),
]

BODIES = {
    **{f"chunk size {size!r}": size + b"\r\nabc\r\n0\r\n\r\n" for size in CHUNK_SIZES},
    "line feeds between chunks": b"3\nabc\n0\n\n",
    "line feed behind a chunk": b"3\r\nabc\n0\r\n\r\n",
    "longer than its chunk": b"3\r\nabcd\r\n0\r\n\r\n",
    "shorter than its chunk": b"4\r\nabc\r\n0\r\n\r\n",
    "a length behind the body": b"0\r\nContent-Length: 5\r\n\r\n",
    "an encoding behind the body": b"0\r\nTransfer-Encoding: chunked\r\n\r\n",
    "a folded trailer": b"0\r\nA: b\r\n c\r\n\r\n",
    "a line feed in a trailer": b"0\r\nA: b\nC: d\r\n\r\n",
}

WHOLE = {
    "leading zeros": (POST + b"Content-Length: 0003\r\n\r\nabc", 3),
    "space round a length": (POST + b"Content-Length:\t 3 \t\r\n\r\nabc", 3),
    "another case": (POST + b"TRANSFER-ENCODING: Chunked \r\n\r\n" + CHUNKS, 3),
    "zeros before a chunk size": (POST + CHUNKED + b"\r\n0003\r\nabc\r\n000\r\n\r\n", 3),
    "extensions": (POST + CHUNKED + b'\r\n3;a="b;c"\r\nabc\r\n0;d\r\n\r\n', 3),
    "trailers": (POST + CHUNKED + b"\r\n" + CHUNKS[:-2] + b"A: b\r\n\r\n", 3),
    "an underscore is no hyphen": (POST + b"Content_Length: 3\r\nTransfer_Encoding: chunked\r\n\r\n", 0),
    "a declined offer": (
        POST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n" + CHUNKED + b"\r\n" + CHUNKS, 3,
    ),
    "a length in place of a body": (POST + b"\r\n", 0),
    "an address as Host": (b"POST /a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 0),
    "no name as Host": (b"POST /a HTTP/1.1\r\nHost:\r\n\r\n", 0),
    "a target of its host": (b"POST http://X:80/a HTTP/1.1\r\nHost: x:80\r\n\r\n", 0),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADS)
@on_loop
async def test_a_head_of_two_meanings_is_refused(name: str) -> None:
    """With the service's 400 and the end of the connection; what follows is never asked of us."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        assert (await client.ask(GET)).status == 200
        await client.send(HEADS[name] + HIDDEN)
        assert_refusal(await client.rest(), 400, "ValidationException")
        assert len(served.refusals) == 1
    assert len(echo.scopes) == 1


@pytest.mark.parametrize("name", BODIES)
@on_loop
async def test_a_body_of_two_ends_is_refused(name: str) -> None:
    """The application is told that its request is off, and nothing more is read."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        await client.send(POST + CHUNKED + b"\r\n" + BODIES[name] + HIDDEN)
        assert_refusal(await client.rest(), 400, "ValidationException")
        await until(lambda: echo.disconnects == 1)
        assert len(served.refusals) == 1
    assert [scope["path"] for scope in echo.scopes] == ["/a"]


@pytest.mark.parametrize("name", WHOLE)
@on_loop
async def test_what_all_read_alike_is_served(name: str) -> None:
    """And the next request begins where everybody says it does, in whatever pieces all this comes."""
    request, size = WHOLE[name]
    for step in (1, 1000):
        async with serving(Echo()) as served:
            client = await served.client()
            sent = request + HIDDEN
            for start in range(0, len(sent), step):
                await client.send(sent[start : start + step])
            assert (await client.answer()).body == b"POST /a %d" % size
            assert (await client.answer()).body == b"GET /hidden 0"


@on_loop
async def test_a_chunk_as_long_as_64_bits_never_ends() -> None:
    """Whoever counts in fewer bits would find another request in it."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        sent = POST + CHUNKED + b"\r\nffffffffffffffff\r\nabc\r\n0\r\n\r\n" + HIDDEN
        await client.send(sent)
        await served.received(len(sent))
        client.writer.close()
        await until(lambda: echo.disconnects == 1)
    assert [scope["path"] for scope in echo.scopes] == ["/a"]


@pytest.mark.parametrize("before", [b"", b"3\r\nabc\r\n"])
@on_loop
async def test_endless_extensions_are_refused(before: bytes) -> None:
    """What stands behind a chunk's size is read by nobody, and bounded like a head."""
    echo = Echo()
    async with serving(echo, Bounds(head_bytes=1000)) as served:
        client = await served.client()
        await client.send(POST + CHUNKED + b"\r\n" + before + b"3;a=")
        for _ in range(3):
            with contextlib.suppress(ConnectionError):
                await client.send(b"a" * 1_000_000)
        assert_refusal(await client.rest(), 413, "RequestEntityTooLargeException")
        await until(lambda: echo.disconnects == 1)


@on_loop
async def test_a_handshake_in_the_old_version_is_none() -> None:
    """A proxy that speaks HTTP/1.0 to us would take for an answer what is said on a socket."""
    echo = Echo()
    async with serving(echo) as served:
        client = await served.client()
        await client.send(b"GET /a HTTP/1.0\r\nHost: x\r\n" + UPGRADE + b"\r\n")
        assert (await client.answer()).body == b"GET /a 0"
        assert await client.rest() == b""
    assert [scope["type"] for scope in echo.scopes] == ["http"]
