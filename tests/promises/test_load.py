"""What one client can take from the others: bounded bytes, bounded time."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from openparticipant.limits import BODY_BYTES, MIB
from openparticipant.testing.chat import Chat, request
from openparticipant.testing.listener import Listener
from openparticipant.testing.raw_http import Answer, Wire, fetch
from tests.clients.test_operating import start
from tests.clients.test_operating import talking as uploading
from tests.crash.ledger import Upload
from tests.promises.place import Place, send
from tests.promises.promise import promise
from tests.serve_process import ServeProcess
from tests.transport.live.test_slow_readers import talking, unread

_SLOW = 250  # connections of each kind


@promise(40)
def test_slow_clients_take_nothing_from_others(tmp_path: Path) -> None:
    """500 that trickle, in a head or in an upload, are held in little memory while others are served."""
    with ServeProcess(tmp_path / "data", log=tmp_path / "log") as server:
        process = psutil.Process(server.popen.pid)
        with uploading(server) as (line, chat):
            large = Upload("large.txt", 8 * MIB, 1)
            url, headers = start(line, chat, large)
            before, descriptors = process.memory_info().rss, process.num_fds()

            async def crowd() -> int:
                """Trickle on all connections while somebody uploads; return the descriptors in use."""
                slow = [await Wire.open(server.url) for _ in range(2 * _SLOW)]
                for wire in slow[:_SLOW]:
                    await wire.send(b"POST /participant/message HTTP/1.1\r\n")
                for wire in slow[_SLOW:]:
                    await wire.head("PUT", url, headers)
                try:
                    for _ in range(5):
                        for wire in slow:
                            await wire.send(b"x")
                        alive = await fetch("GET", f"{server.url}/health/live")
                        assert alive.status == 200
                        assert process.memory_info().rss - before < 64 * MIB
                    put = await fetch("PUT", url, headers, large.content)
                    assert put.status == 200
                    return process.num_fds()
                finally:
                    for wire in slow:
                        await wire.close()

            used = asyncio.run(crowd())
            assert used - descriptors <= 3 * _SLOW + 64  # a socket each, a file for each upload
            assert process.memory_info().rss - before < 64 * MIB


@promise(41)
@pytest.mark.parametrize(
    "line", [b"X-A: %s\r\n" % (b"a" * 17_000), b"A: b\r\n" * 3_000, b"A: b\r\n" * 101]
)
def test_a_head_has_its_largest(built_in: Place, line: bytes) -> None:
    """16 KiB, and 100 headers."""

    async def ask() -> Answer:
        wire = await Wire.open(built_in.server.url)
        await wire.send(b"POST /participant/message HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n")
        try:
            return await wire.answer()
        finally:
            await wire.close()

    assert asyncio.run(ask()).status == 413


@promise(41)
def test_a_body_has_its_largest(built_in: Place) -> None:
    """256 KiB, refused before anything is read or looked up."""
    url = f"{built_in.server.url}/participant/message"
    answer = send("POST", url, {"Content-Length": str(BODY_BYTES + 1), "x-amz-bearer": "0" * 64})
    assert answer.status == 413
    chat = built_in.server.start_chat()
    padded = b'{"ContentType": "text/plain", "Content": "hello"%s}'
    assert chat.call("message", padded % (b" " * (BODY_BYTES - 50))).status == 200
    assert chat.call("message", padded % (b" " * BODY_BYTES)).status == 413


@promise(41)
def test_json_has_its_bounds(built_in: Place) -> None:
    """Depth and encoding are refused in a sentence; of two equal keys the last one counts."""
    chat: Chat = built_in.server.start_chat()
    broken = [
        b"\xff",
        b'{"ContentType": "\xc3\x28"}',
        b'"\\ud800"',
        b"{'a': 1}",
        b"{",
        b"NaN",
        b"\xef\xbb\xbf",
    ]
    broken += [
        b"[" * 100_000,
        b'{"a":' * 40_000,
        b'{"Content": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    ]
    broken += [b'{"ContentType": "text/plain", "Content": 1%s}' % (b"0" * 10_000)]
    for body in broken:
        answer = chat.call("message", body)
        assert (answer.status, answer.error) == (400, "ValidationException"), body[:40]
    twice = b'{"ContentType": "text/plain", "Content": "first", "Content": "last"}'
    said = chat.call("message", twice)
    assert said.status == 200
    items = chat.transcript().json["Transcript"]
    assert [it["Content"] for it in items if it["Id"] == said.json["Id"]] == ["last"]
    assert json.loads(chat.call("message", b"{").body).keys() == {"__type", "Message"}


@promise(44)
def test_who_never_reads_is_dropped(tmp_path: Path) -> None:
    """What waits for them is bounded, their places become free, and others miss nothing."""
    with ServeProcess(tmp_path / "data", log=tmp_path / "log") as server:
        process = psutil.Process(server.popen.pid)
        with talking(server) as talk, ExitStack() as opened, Listener(talk.url()) as good:
            assert good.subscribe()["content"]["status"] == "success"
            assert good.item()["Type"] == "EVENT"
            descriptors, before = process.num_fds(), process.memory_info().rss
            for _ in range(4):
                unread(talk, opened)
            said, heard = list[str](), list[str]()
            while process.num_fds() > descriptors:
                said.append(talk.say())
                heard.append(good.item()["Id"])
                assert len(said) < 3000, "they still hold their places"
            assert said == heard
            assert process.memory_info().rss - before < 16 * MIB
            metrics = request("GET", f"{server.admin_url}/metrics").body
            assert b"\nopenparticipant_sockets_overflowed_total 4.0\n" in metrics
