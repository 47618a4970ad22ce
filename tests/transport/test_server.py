from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop

from openparticipant.transport.bounds import Bounds
from openparticipant.transport.lifecycle import Lifecycle
from openparticipant.transport.refusal import Guard
from openparticipant.transport.server import Server
from openparticipant.transport.sockets import listen
from tests.transport.served import Client, Echo, Held, on_loop, reply, serving, until

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
FOREVER = 20.0


async def ok(scope: Any, receive: Any, send: Any) -> None:
    """Answer at once."""
    del scope, receive
    await reply(send, 200, b"ok")


def server_of(app: Any, lifecycle: Lifecycle) -> Server:
    """Make a server on two free ports."""
    return Server(
        app,
        ok,
        lifecycle,
        public_socket=listen("127.0.0.1", 0),
        admin_socket=listen("127.0.0.1", 0),
        guard=Guard(Bounds(), lambda: "request", lambda _: None),
        clock=lambda: 784_111_777_000,
    )


def port_of(url: str) -> int:
    """Read the port off an origin."""
    return int(url.rpartition(":")[2])


async def ask(url: str, request: bytes = GET) -> bytes:
    """Send a request on a connection of its own and read until it ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(url))
    try:
        writer.write(request)
        return await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()


@on_loop
async def test_both_addresses_serve_once_ready() -> None:
    """After start the state is ready and both applications answer, with the given clock's date."""
    lifecycle = Lifecycle()
    server = server_of(ok, lifecycle)
    states = [lifecycle.state]
    await server.start()
    states.append(lifecycle.state)
    assert states == ["starting", "ready"]
    for url in (server.url, server.admin_url):
        answer = await ask(url)
        assert b"date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" in answer
        assert b"server:" not in answer.lower()
    await server.stop()


@on_loop
async def test_drain_serves_until_its_pause_is_over() -> None:
    """While a balancer finds out, requests are answered and each answer says goodbye."""
    lifecycle = Lifecycle()
    server = server_of(ok, lifecycle)
    seen: list[bytes] = []

    async def farewell() -> None:
        assert lifecycle.state == "draining"
        seen.append(await ask(server.url))

    lifecycle.on_drain.append(farewell)
    await server.start()
    await server.drain(0, FOREVER)
    assert [b"connection: close\r\n" in answer for answer in seen] == [True]
    for url in (server.url, server.admin_url):
        with pytest.raises(ConnectionRefusedError):
            await ask(url)


@on_loop
async def test_drain_lets_running_requests_finish() -> None:
    """A request under way gets its whole answer; an idle connection ends."""
    held = Held()
    server = server_of(held, Lifecycle())
    await server.start()
    idle, idle_writer = await asyncio.open_connection("127.0.0.1", port_of(server.url))
    asking = asyncio.create_task(ask(server.url))
    await until(lambda: held.calls == 1 and server.connections == 2)
    draining = asyncio.create_task(server.drain(0, FOREVER))
    assert await idle.read() == b""
    assert not draining.done()
    held.go.set()
    answer = await asking
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close\r\n" in answer
    await draining
    idle_writer.close()


@on_loop
async def test_drain_cuts_off_what_does_not_finish() -> None:
    """A request that outlasts the timeout does not hold up the end."""
    held = Held()
    server = server_of(held, Lifecycle())
    await server.start()
    asking = asyncio.create_task(ask(server.url))
    await until(lambda: held.calls == 1)
    await server.drain(0, 0.05)
    with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
        await asking
    assert server.connections == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


@on_loop
async def test_failing_farewell_does_not_stop_the_drain(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each step of the drain is tried; one that fails or hangs is logged."""
    lifecycle, seen = Lifecycle(), []

    async def failing() -> None:
        raise LookupError("fault")

    async def working() -> None:
        seen.append(lifecycle.state)

    lifecycle.on_drain += [failing, working]
    server = server_of(ok, lifecycle)
    await server.start()
    await server.drain(0, FOREVER)
    assert seen == ["draining"]
    assert [record.message for record in caplog.records] == ["drain step failed"]


def test_server_runs_on_the_loop_of_any_thread() -> None:
    """In-process use needs no main thread and no signals."""
    ready, end = threading.Event(), threading.Event()
    servers: list[Server] = []

    async def life() -> None:
        server = server_of(ok, Lifecycle())
        await server.start()
        servers.append(server)
        ready.set()
        await asyncio.to_thread(end.wait, FOREVER)
        await server.drain(0, FOREVER)

    thread = threading.Thread(target=lambda: uvloop.run(life()))
    thread.start()
    assert ready.wait(FOREVER)
    assert asyncio.run(ask(servers[0].url)).startswith(b"HTTP/1.1 200 ")
    end.set()
    thread.join(FOREVER)
    assert not thread.is_alive()


class Process:
    """A server in a process of its own."""

    def __init__(self, popen: subprocess.Popen[str]) -> None:
        self.popen = popen
        self.url, self.admin_url = self.line().split()

    def line(self) -> str:
        """Read the next line of stdout."""
        assert self.popen.stdout is not None
        return self.popen.stdout.readline().rstrip()

    def connect(self, request: bytes) -> socket.socket:
        """Send a request, or the beginning of one."""
        client = socket.create_connection(("127.0.0.1", port_of(self.url)), timeout=FOREVER)
        client.sendall(request)
        return client


@contextmanager
def process(
    *, pause: float = 0, timeout: float = FOREVER, inherit: socket.socket | None = None
) -> Iterator[Process]:
    """Start a server process and make sure that it ends."""
    script = str(Path(__file__).with_name("server_process.py"))
    command = [sys.executable, script, str(pause), str(timeout)]
    environ = dict(os.environ)
    passed: list[int] = []
    if inherit is not None:
        # The child gets the socket where supervisors put it.
        code = f"import os; os.dup2({inherit.fileno()}, 3); os.execv({sys.executable!r}, {command})"
        command = [sys.executable, "-c", code]
        environ["LISTEN_FDS"] = "1"
        passed = [inherit.fileno(), 3]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environ, pass_fds=passed
    ) as popen:
        try:
            yield Process(popen)
        finally:
            popen.kill()


def read_all(client: socket.socket) -> bytes:
    """Read until the server closes."""
    with closing(client):
        got = b""
        while piece := client.recv(65536):
            got += piece
        return got


UPLOAD = b"PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_first_signal_drains(number: signal.Signals) -> None:
    """A signal lets an upload finish, and the exit status is 0."""
    with process() as server:
        client = server.connect(UPLOAD + b"ab")
        assert server.line() == "uploading"
        server.popen.send_signal(number)
        assert server.line() == "draining"
        client.sendall(b"cd")
        assert b"connection: close\r\n" in read_all(client)
        assert server.popen.wait(FOREVER) == 0


def test_a_node_that_may_not_go_on_drains() -> None:
    """It ends as by a signal, with the line that says why."""
    with process() as server:
        client = server.connect(UPLOAD + b"ab")
        assert server.line() == "uploading"
        server.popen.send_signal(signal.SIGUSR1)
        assert server.line() == "draining"
        client.sendall(b"cd")
        assert read_all(client).endswith(b"ok")
        assert server.line() == "it may not go on"
        assert server.popen.wait(FOREVER) == 2


def test_second_signal_ends_at_once() -> None:
    """Whoever signals twice does not wait for uploads."""
    with process() as server:
        client = server.connect(UPLOAD + b"ab")
        assert server.line() == "uploading"
        server.popen.send_signal(signal.SIGTERM)
        assert server.line() == "draining"
        server.popen.send_signal(signal.SIGINT)
        assert server.popen.wait(FOREVER) == 128 + signal.SIGINT
        client.close()


def test_second_signal_ends_the_pause() -> None:
    """The pause before a drain is no wait that cannot be cut short."""
    with process(pause=1000) as server:
        client = server.connect(b"")
        server.popen.send_signal(signal.SIGTERM)
        client.sendall(GET)
        # Answered although the signal came: either before it was seen, or during the pause.
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
        server.popen.send_signal(signal.SIGTERM)
        assert server.popen.wait(FOREVER) == 128 + signal.SIGTERM
        client.close()


def test_socket_of_a_supervisor_outlives_the_server() -> None:
    """A restart loses no client: who connects in between is served by the next process."""
    with closing(listen("127.0.0.1", 0)) as kept:
        with process(inherit=kept) as first:
            assert port_of(first.url) == kept.getsockname()[1]
            assert read_all(first.connect(GET.replace(b"1.1", b"1.0"))).endswith(b"ok")
            first.popen.send_signal(signal.SIGTERM)
            assert first.popen.wait(FOREVER) == 0
        between = socket.create_connection(kept.getsockname(), timeout=FOREVER)
        between.sendall(GET.replace(b"1.1", b"1.0"))
        with process(inherit=kept) as second:
            assert read_all(between).endswith(b"ok")
            second.popen.send_signal(signal.SIGTERM)
            assert second.popen.wait(FOREVER) == 0


def test_descriptor_that_does_not_listen_is_refused() -> None:
    """A supervisor's mistake is a clear error, not a server that nobody reaches."""
    with socket.socket() as idle:
        script = (
            f"import os; os.dup2({idle.fileno()}, 3)\n"
            "from openparticipant.transport.sockets import inherited\n"
            "inherited({'LISTEN_PID': str(os.getpid()), 'LISTEN_FDS': '1'})"
        )
        command = [sys.executable, "-c", script]
        done = subprocess.run(
            command, capture_output=True, text=True, pass_fds=[idle.fileno()], check=False
        )
    assert done.returncode == 1
    assert "descriptor 3 is not a listening TCP socket" in done.stderr


@on_loop
async def test_who_waits_in_the_queue_of_the_kernel_is_served_to_the_end() -> None:
    """Closing the queue would reset them, and with them requests that nobody may repeat."""
    async with serving(Echo()) as served:
        waiting = [socket.create_connection(served.address) for _ in range(5)]
        for each in waiting:
            each.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab")
        deadline = asyncio.get_running_loop().time() + 10
        ending = asyncio.create_task(served.listener.close(deadline))
        for each in waiting:
            client = Client(*await asyncio.open_connection(sock=each))
            served.clients.append(client)
            assert (await client.answer()).body == b"POST /a 2"
        await ending
