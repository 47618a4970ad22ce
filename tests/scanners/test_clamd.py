"""ClamAV's daemon, a real one, and whatever else may answer at its address."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openparticipant.domain.review import Verdict
from openparticipant.errors import NoVerdict, Unavailable
from openparticipant.scanners.address import read_program
from openparticipant.scanners.clamd import Clamd
from openparticipant.scanners.failure import Unreachable
from tests.engines.clamd import EICAR, ClamdServer
from tests.scanners.files import PIECE, completed


def zipped(content: bytes) -> bytes:
    """Return an archive with a file in it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("harmless.txt", content)
    return archive.getvalue()


def program(url: str) -> Clamd:
    """Return a clamd by its address."""
    found = read_program(url, within=10)
    assert isinstance(found, Clamd)
    return found


async def verdict(url: str, content: bytes) -> Verdict:
    """Let a clamd look at a file."""
    async with completed(content) as file, asyncio.timeout(60):
        return await program(url).scan(file)


@pytest.mark.parametrize(
    "content",
    [
        EICAR,
        zipped(EICAR),
        zipped(zipped(EICAR)),
        b" " * (PIECE - 10) + EICAR,  # across the border of two pieces
        bytes(3 * PIECE) + EICAR,
    ],
    ids=["plain", "zipped", "zipped twice", "on a border", "at the end"],
)
async def test_what_it_finds_is_rejected(clamd: str, content: bytes) -> None:
    """Wherever in the file it is; the name of what was found is for the log."""
    found = await verdict(clamd, content)

    assert not found.is_approved
    assert "eicar" in found.finding.lower()


@pytest.mark.parametrize("size", [1, PIECE, PIECE + 1, 20 * 1024 * 1024])
async def test_what_it_does_not_find_is_approved(clamd: str, size: int) -> None:
    """Up to the largest file of the default."""
    assert await verdict(clamd, b"x" * size) == Verdict(is_approved=True)


async def test_it_may_be_behind_a_socket_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    """As Debian's package has it."""
    with ClamdServer(tmp_path_factory.mktemp("c"), socket_file=True) as server:
        assert not (await verdict(server.url, EICAR)).is_approved
        assert (await verdict(server.url, b"hello")).is_approved


@pytest.mark.parametrize("size", [2 * 1024 * 1024, 16 * 1024 * 1024])
async def test_more_than_it_takes_is_no_verdict(tmp_path: Path, size: int) -> None:
    """It says so and hangs up in the middle of the file; the line names what has to be set."""
    with ClamdServer(tmp_path, largest="1M") as server:
        with pytest.raises(NoVerdict, match="max-size") as failed:
            await verdict(server.url, bytes(size))
        assert not isinstance(failed.value, Unreachable)
        assert (await verdict(server.url, b"small")).is_approved


async def test_one_that_is_frozen_is_told_from_one_that_is_busy(clamd_server: ClamdServer) -> None:
    """It is asked for a sign of life first; once it goes on it answers."""
    clamd_server.freeze()
    with pytest.raises(Unreachable, match="no answer within 5 s"):
        await verdict(clamd_server.url, b"hello")
    clamd_server.thaw()

    assert (await verdict(clamd_server.url, b"hello")).is_approved


async def test_one_that_is_gone_is_unreachable(clamd_server: ClamdServer) -> None:
    """Until it is started again."""
    clamd_server.kill()
    with pytest.raises(Unreachable, match="Connection refused"):
        await verdict(clamd_server.url, b"hello")
    clamd_server.start()

    assert (await verdict(clamd_server.url, b"hello")).is_approved


async def test_a_file_that_is_not_there_is_not_the_scanners_fault(clamd: str) -> None:
    """Nobody has looked, and nobody is to blame."""
    with pytest.raises(Unavailable) as failed:
        await verdict(clamd, b"")

    assert not isinstance(failed.value, NoVerdict)


@asynccontextmanager
async def liar(pong: bytes, said: bytes) -> AsyncIterator[str]:
    """Listen, answer the first call with one thing and others with another, and hang up."""
    calls = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        await reader.read(64)
        writer.write(pong if calls == 1 else said)
        writer.write_eof()
        try:
            while await reader.read(4096):
                pass
        except ConnectionError:
            pass
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"clamd://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"OK\0",
        b"stream: OK",  # without its end, it may go on
        b"stream: OK\n",
        b"stream: OK FOUND OK\0",
        b"stream: OKAY\0",
        b"stream: \0",
        b"1: stream: OK\0",
        b"UNKNOWN COMMAND\0",
        b"stream: lstat() failed. ERROR\0",
        b"\xff\xfe" * 50 + b"\0",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"x" * 100_000,
    ],
)
async def test_what_is_no_verdict_is_none(said: bytes) -> None:
    """Nothing but the exact answers counts; the line for the operator is one line, and short."""
    async with liar(b"PONG\0", said) as url:
        with pytest.raises(NoVerdict) as failed:
            await verdict(url, b"hello")

    assert str(failed.value).isprintable()
    assert len(str(failed.value)) < 250


async def test_only_a_clamd_says_pong() -> None:
    """What listens at a wrong address is noticed before it gets a file."""
    for said in (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"PONG", b"PONG\n", b"EHLO\0"):
        async with liar(said, b"stream: OK\0") as url:
            with pytest.raises(Unreachable):
                await verdict(url, b"hello")


@pytest.mark.parametrize("said", [b"", b"stream: OK\0"], ids=["silent", "hasty"])
async def test_one_that_dies_in_the_middle_is_not_blamed_for_its_limit(said: bytes) -> None:
    """It said nothing of a size; and what it says before it has seen the file approves nothing."""
    calls = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            await reader.read(64)
            writer.write(b"PONG\0")
            writer.close()
            return
        await reader.readexactly(PIECE)
        writer.write(said)
        await writer.drain()
        writer.transport.abort()  # with bytes unread, which resets the connection

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        url = f"clamd://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(NoVerdict) as failed:
            await verdict(url, bytes(64 * PIECE))

    assert "max-size" not in str(failed.value)


@settings(max_examples=60, deadline=None, database=None)
@given(st.binary(max_size=60) | st.sampled_from([b"stream: OK\0", b"stream: X FOUND\0"]))
def test_nothing_but_its_word_approves(said: bytes) -> None:
    """Of all that can be said, one sentence approves."""

    async def ask() -> Verdict | None:
        async with liar(b"PONG\0", said) as url:
            try:
                return await verdict(url, b"hello")
            except NoVerdict:
                return None

    answer = asyncio.run(ask())
    assert (answer is not None and answer.is_approved) is said.startswith(b"stream: OK\0")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("clamd://", "HOST:PORT"),
        ("clamd://host/path", "HOST:PORT"),
        ("clamd://host:port", "Port could not be cast"),
        ("clamd://user:pass@host", "no user"),
        ("clamd://host?max-size=0", "max-size"),
        ("clamd://host?max-size=x", "max-size"),
        ("clamd://host?size=1", "no parameter 'size'"),
        ("clamd://host#x", "no fragment"),
    ],
)
def test_addresses_that_name_no_clamd(address: str, said: str) -> None:
    """The line says what is wrong, and repeats no password."""
    with pytest.raises(ValueError, match=said) as wrong:
        read_program(address, within=1)

    assert "pass@" not in str(wrong.value)


def test_addresses_of_clamds() -> None:
    """By host, by host and port, in brackets, and by socket; how much it takes may be told."""
    named = {
        "clamd://host": ("host", 3310, "", 25 * 1024 * 1024),
        "clamd://[::1]:33": ("::1", 33, "", 25 * 1024 * 1024),
        "clamd:///run/a%20b?max-size=7": (None, 3310, "/run/a b", 7),
    }
    for address, (host, port, path, largest) in named.items():
        it = program(address)
        assert (it.host, it.port, it.path, it.largest) == (host, port, path, largest)
