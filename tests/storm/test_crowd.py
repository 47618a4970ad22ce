"""More connections than a process may have, most of them hostile, while others are served."""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path

import psutil

from openparticipant.limits import MIB
from openparticipant.testing.raw_http import Wire, fetch
from tests.clients.test_operating import start, talking
from tests.crash.ledger import Upload
from tests.eventually import eventually
from tests.serve_process import ServeProcess

_MOST = 400
_IDLE = 500
_SLOW = 100
_GROWTH = 64 * MIB
_POST = b"POST /participant/message HTTP/1.1\r\nHost: x\r\n"


def bombs(token: str) -> list[bytes]:
    """Return requests that want more memory than they are worth; `token` admits the last ones."""
    admitted = _POST + f"X-Amz-Bearer: {token}\r\nContent-Length: 200000\r\n\r\n".encode()
    return [
        _POST + b"X-A: " + b"a" * 60_000,
        _POST + b"A: b\r\n" * 10_000,
        _POST + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"a" * 60_000,
        admitted + b"[" * 200_000,
        admitted + b'{"a":' * 40_000,
    ]


def test_a_crowd_takes_nothing_from_others(tmp_path: Path) -> None:
    """Idle connections make room, slow ones and bombs are bounded, and memory and descriptors stay."""
    log = tmp_path / "log"
    with ServeProcess(tmp_path / "data", "--max-connections", str(_MOST), log=log) as server:
        process = psutil.Process(server.popen.pid)
        with talking(server) as (line, chat):
            large = Upload("large.txt", 4 * MIB, 1)
            url, headers = start(line, chat, large)
            before, descriptors = process.memory_info().rss, process.num_fds()

            async def crowd() -> None:
                """Crowd in, and see after each kind that somebody else can upload."""
                wires = [await Wire.open(server.url) for _ in range(_SLOW)]
                for wire in wires:
                    await wire.head("PUT", url, headers)
                    await wire.send(b"x")
                try:
                    for place in range(_IDLE):
                        wires.append(await Wire.open(server.url))
                        if place % 100 == 0:
                            for bomb in bombs(chat.connection_token):
                                wires.append(await Wire.open(server.url))
                                await wires[-1].send(bomb)
                            await served()
                    await served()
                finally:
                    for wire in wires:
                        await wire.close()

            async def served() -> None:
                assert (await fetch("PUT", url, headers, large.content)).status == 200
                assert process.memory_info().rss - before < _GROWTH
                # A socket each and, for each that uploads, a file; some were just let go.
                assert process.num_fds() - descriptors < _MOST + _SLOW + 64

            asyncio.run(crowd())
            assert eventually(lambda: process.num_fds() < descriptors + 32)
            assert process.memory_info().rss - before < _GROWTH


def test_a_process_without_descriptors_goes_on(tmp_path: Path) -> None:
    """Whoever cannot be accepted is turned away, and the next one is served as if nothing had been."""
    log = tmp_path / "log"
    with ServeProcess(tmp_path / "data", log=log) as server:
        process = psutil.Process(server.popen.pid)
        with talking(server) as (line, chat):
            _, hard = resource.prlimit(server.popen.pid, resource.RLIMIT_NOFILE)
            few = process.num_fds() + 20
            resource.prlimit(server.popen.pid, resource.RLIMIT_NOFILE, (few, hard))

            async def crowd() -> None:
                wires = [await Wire.open(server.url) for _ in range(60)]
                # The last one knows its fate: by then all before it were accepted or turned away.
                assert await wires[-1].rest() == b""
                assert process.num_fds() <= few
                for wire in wires:
                    await wire.close()

            asyncio.run(crowd())
            assert eventually(lambda: process.num_fds() < few - 10)
            body = {"ContentType": "text/plain", "Content": "hello"}
            line.participant("message", chat.connection_token, body).expect(200)
            assert asyncio.run(fetch("GET", f"{server.url}/health/live")).status == 200
    assert "Traceback" not in log.read_text("utf-8")
