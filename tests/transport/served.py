"""A listener on a real socket of this machine, with its time in the test's hands."""

from __future__ import annotations

import asyncio
import functools
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvloop

from openparticipant.transport.bounds import Bounds
from openparticipant.transport.forwarding import Network, TrustedProxies
from openparticipant.transport.listener import Listener
from openparticipant.transport.refusal import Guard, Refusal
from openparticipant.transport.sockets import listen

PATIENCE = 20.0
AT = 1_700_000_000_000

App = Callable[[Any, Any, Any], Awaitable[None]]


def on_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test on the event loop that the server uses, for a bounded time."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(PATIENCE):
                await test(*args, **kwargs)

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(bounded())

    return run


@dataclass
class Answer:
    """One HTTP answer as it stood on the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """A client that writes what it likes, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Write bytes and wait until the kernel has taken them."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, *, head_only: bool = False) -> Answer:
        """Read one answer with a Content-Length."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *fields = head.rstrip().split("\r\n")
        headers = {n.lower(): v for n, v in (field.split(": ", 1) for field in fields)}
        length = 0 if head_only else int(headers.get("content-length", "0"))
        return Answer(int(line.split(" ")[1]), headers, await self.reader.readexactly(length))

    async def ask(self, data: bytes) -> Answer:
        """Write one request and read its answer."""
        await self.send(data)
        return await self.answer()

    async def rest(self) -> bytes:
        """Read until the server closes; a reset is an error."""
        return await self.reader.read()

    async def cut(self) -> bytes:
        """Read until the connection ends in whatever way."""
        got = b""
        try:
            while piece := await self.reader.read(65536):
                got += piece
        except ConnectionResetError:
            pass
        return got


@dataclass
class Served:
    """The listener under test, its clients and what it refused."""

    listener: Listener
    address: tuple[str, int]
    refusals: list[Refusal]
    narrow: bool = False
    now: float = 1.0
    clients: list[Client] = field(default_factory=list)

    async def client(self) -> Client:
        """Connect one more client."""
        connecting = socket.socket()
        if self.narrow:
            connecting.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connecting.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connecting, self.address)
        client = Client(*await asyncio.open_connection(sock=connecting))
        self.clients.append(client)
        return client

    def pass_time(self, seconds: float) -> None:
        """Sweep, let `seconds` go by, and sweep again."""
        self.listener.tick(self.now, AT)
        self.now += seconds
        self.listener.tick(self.now, AT)

    async def received(self, count: int) -> None:
        """Wait until the newest connection has read `count` bytes in all."""
        await until(lambda: any(c._received >= count for c in self.listener._state.connections))  # type: ignore[union-attr]


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until the condition holds; the test's own limit bounds it."""
    while not condition():  # noqa: ASYNC110 - there is no event for what the kernel delivers
        await asyncio.sleep(0)


@asynccontextmanager
async def serving(
    app: App,
    bounds: Bounds | None = None,
    *,
    narrow: bool = False,
    proxies: Sequence[Network] = (),
    most: int = 1000,
) -> AsyncIterator[Served]:
    """Serve `app` on a free port of 127.0.0.1; `narrow` leaves the kernel few bytes to hold."""
    listening = listen("127.0.0.1", 0)
    if narrow:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    address = listening.getsockname()[:2]
    refusals: list[Refusal] = []
    numbers = itertools.count(1)
    guard = Guard(
        bounds or Bounds(),
        lambda: f"request-{next(numbers)}",
        refusals.append,
        most,
        TrustedProxies(proxies),
    )
    listener = Listener(app, listening, guard)
    await listener.open()
    listener.tick(1.0, AT)
    served = Served(listener, address, refusals, narrow)
    try:
        yield served
    finally:
        await listener.close(0)
        for client in served.clients:
            client.writer.transport.abort()


class Echo:
    """An application that tells what it was asked, once it has read the whole body."""

    def __init__(self) -> None:
        self.scopes: list[Any] = []
        self.disconnects = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        self.scopes.append(scope)
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.disconnects += 1
                return
            size += len(message["body"])
            more = message["more_body"]
        await reply(send, 200, f"{scope['method']} {scope['path']} {size}".encode())


class Held:
    """An application that reads nothing and answers when told."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.calls = 0
        self.go = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        del receive
        self.calls += 1
        await self.go.wait()
        await reply(send, self.status, scope["path"].encode())


async def reply(send: Any, status: int, body: bytes) -> None:
    """Answer with a body of known length."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [length]})
    await send({"type": "http.response.body", "body": body})
