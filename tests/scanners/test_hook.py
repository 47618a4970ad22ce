"""A scanner behind HTTP: asked in AWS's words, believed only in AWS's words."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openparticipant.domain.review import Verdict
from openparticipant.errors import NoVerdict
from openparticipant.scanners.address import read_program
from openparticipant.scanners.failure import Unreachable
from openparticipant.scanners.hook import Hook
from openparticipant.system import SystemClock
from openparticipant.transport import tls
from tests.scanners.files import BASE, KEY, completed
from tests.scanners.hooks import REJECTED, Hooked, hook


@pytest.fixture
def hooked() -> Iterator[Hooked]:
    """Return a hook that approves."""
    with hook() as it:
        yield it


async def verdict(url: str, within: float = 10) -> Verdict:
    """Ask a hook about a file."""
    async with completed(b"hello") as file:
        return await read_program(url, within=within).scan(file)


async def test_it_is_asked_as_aws_asks(hooked: Hooked) -> None:
    """The document of version 1.0, and in it a URL that is good for as long as it may take."""
    assert await verdict(f"{hooked.url}/scan/it?key=value", within=7) == Verdict(is_approved=True)
    ((path, headers, question),) = hooked.asked
    url = question["File"]["FileLocation"].pop("Url")

    assert (path, headers["content-type"]) == ("/scan/it?key=value", "application/json")
    assert url.startswith(f"{BASE}/attachments/connect/instance/")
    assert "X-Amz-Expires=7&" in url
    assert question == {
        "Version": "1.0",
        "InstanceId": "instance",
        "File": {
            "FileId": "file",
            "FileCreationTime": 1_767_225_600_000,
            "FileName": "räport 1.txt",
            "FileSizeInBytes": 5,
            "FileLocation": {
                "S3Location": {
                    "Key": KEY,
                    "Bucket": "attachments",
                    "Arn": f"arn:aws:s3:::attachments/{KEY}",
                }
            },
        },
    }


async def test_it_may_reject(hooked: Hooked) -> None:
    """In AWS's word."""
    hooked.body = REJECTED

    assert not (await verdict(hooked.url)).is_approved


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"APPROVED",
        b'"APPROVED"',
        b'["APPROVED"]',
        b'{"status": "APPROVED"}',
        b'{"Status": "approved"}',
        b'{"Status": ["APPROVED"]}',
        b'{"Status": {}}',
        b'{"Status": true}',
        b'{"Status": "APPROVED"',
        b"<html>APPROVED</html>",
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"Status": "APPROVED"}' + b" " * 70_000,
    ],
)
async def test_any_other_answer_is_no_verdict(hooked: Hooked, body: bytes) -> None:
    """Nothing is approved because it looked like it."""
    hooked.body = body
    with pytest.raises(NoVerdict) as failed:
        await verdict(hooked.url)

    assert not isinstance(failed.value, Unreachable)
    assert str(failed.value).isprintable()


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 400, 403, 404, 500, 503])
async def test_any_other_status_is_no_verdict(hooked: Hooked, status: int) -> None:
    """Whatever the body says; and nobody is sent elsewhere with what we ask."""
    hooked.status = status
    hooked.body = b"" if status == 204 else hooked.body
    with hook() as elsewhere:
        hooked.headers = {"Location": f"{elsewhere.url}/"}
        with pytest.raises(NoVerdict, match=f"answered {status}"):
            await verdict(hooked.url)

        assert elsewhere.asked == []


async def test_what_is_no_http_is_no_verdict() -> None:
    """Garbage, a hang-up in the middle, a head without an end."""
    for said in (b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"):

        async def answer(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: bytes = said
        ) -> None:
            await reader.read(65536)
            writer.write(said)
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            with pytest.raises(NoVerdict):
                await verdict(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")


async def test_one_that_is_not_there_is_unreachable() -> None:
    """The line names the host, and nothing of the path, which may be a secret."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(Unreachable) as failed:
            await verdict(f"{url}/secret?token=secret")

    assert str(failed.value) == f"{url}: Connection refused"


async def test_a_silent_one_is_cut_off_at_once() -> None:
    """Whoever gives up on it waits for no thread."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        async with asyncio.timeout(10):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await verdict(url, within=600)
        with pytest.raises(NoVerdict, match="no answer in time"):
            await verdict(url, within=0.5)


@pytest.mark.parametrize("found", [True, False])
async def test_a_name_that_is_looked_up_for_long_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch, *, found: bool
) -> None:
    """There is nothing yet to be cut; what comes of it later is given back, and told to nobody."""
    asked, go = threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    complaints: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, complaint: complaints.append(complaint))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = server.getsockname()

        def look_up(*_: Any) -> list[Any]:
            asked.set()
            assert go.wait(20)
            if not found:
                raise socket.gaierror(socket.EAI_NONAME, "no such name")
            return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address)]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        asking = asyncio.create_task(verdict("http://name/", within=600))
        await asyncio.to_thread(asked.wait, 20)
        asking.cancel()
        done, _ = await asyncio.wait([asking], timeout=2)
        go.set()
        assert done == {asking}
        assert asking.cancelled()
        if found:
            line, _ = await asyncio.wait_for(loop.sock_accept(server), 20)
            with line:
                assert await asyncio.wait_for(loop.sock_recv(line, 1), 20) == b""
        await loop.shutdown_default_executor()
    gc.collect()
    assert complaints == []


async def test_its_certificate_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that nobody vouches for gets nothing; the authority may be named as OpenSSL has it."""
    certificate, authority = tls.automatic(tmp_path, ("127.0.0.1",), at=SystemClock().now())
    with hook(certificate) as hooked:
        with pytest.raises(Unreachable, match="certificate is not good"):
            await verdict(hooked.url)
        assert hooked.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        assert (await verdict(hooked.url)).is_approved
    with hook() as plain, pytest.raises(Unreachable, match="no TLS"):
        await verdict(plain.url.replace("http:", "https:"))


@pytest.mark.parametrize(
    "address", ["https://", "https:///path", "http://host/a b", "http://host/ä", "http://u:p@host/"]
)
def test_addresses_that_name_no_hook(address: str) -> None:
    """They are refused, without a repetition of what may be secret in them."""
    with pytest.raises(ValueError, match=r"hook|user") as wrong:
        read_program(address, within=1)

    assert "host/" not in str(wrong.value)
    assert "u:p" not in str(wrong.value)


def test_addresses_of_hooks() -> None:
    """The port of the scheme, unless told; IPv6 in brackets."""
    named = {
        "http://host": ("http://host:80", "/"),
        "https://host/x?y=z": ("https://host:443", "/x?y=z"),
        "http://[::1]:8/": ("http://[::1]:8", "/"),
    }
    for address, (name, target) in named.items():
        it = read_program(address, within=1)
        assert isinstance(it, Hook)
        assert (it.name, it.target, it.largest) == (name, target, None)
        assert target == "/" or target not in repr(it)
