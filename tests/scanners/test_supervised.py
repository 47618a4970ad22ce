"""What is told of a scanner that fails, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from openparticipant.errors import NoVerdict, Unavailable
from openparticipant.limits import SECOND
from openparticipant.scanners.address import read_program
from openparticipant.scanners.failure import Unreachable
from openparticipant.scanners.supervised import SupervisedScanner
from openparticipant.testing.clock import SettableClock
from tests.engines.clamd import ClamdServer
from tests.eventually import eventually
from tests.scanners.files import completed


@asynccontextmanager
async def supervised(
    address: str, clock: SettableClock, within: float = 10
) -> AsyncIterator[SupervisedScanner]:
    """Keep an eye on a scanner while the block runs."""
    scanner = SupervisedScanner(read_program(address, within=within), clock, within=within)
    try:
        yield scanner
    finally:
        await scanner.close()


async def scan(scanner: SupervisedScanner, content: bytes = b"hello") -> bool:
    """Show it a file."""
    async with completed(content) as file:
        return (await scanner.scan(file)).is_approved


def trouble(scanner: SupervisedScanner) -> str | None:
    """Return what is told of it now."""
    return scanner.trouble


async def looked(clock: SettableClock, millis: int) -> None:
    """Let so many looks be taken, each once the one before is over."""
    for _ in range(millis // SECOND):
        assert await comes(lambda: clock.next_due == clock.now() + SECOND)
        clock.advance(SECOND)


async def comes(holds: Callable[[], bool]) -> bool:
    """Wait for what the scanner's task is about to do."""
    return await asyncio.to_thread(eventually, holds)


def command(place: Path, body: str) -> str:
    """Return the address of a shell script."""
    path = place / "scan"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return f"exec:{path}"


async def test_one_that_is_gone_is_looked_for_each_second(clamd_server: ClamdServer) -> None:
    """Trouble begins with the first failure and is over when it answers, without a file for it."""
    clock = SettableClock()
    async with supervised(clamd_server.url, clock) as scanner:
        assert await scan(scanner)
        assert trouble(scanner) is None
        clamd_server.kill()
        with pytest.raises(Unreachable):
            await scan(scanner)
        await looked(clock, 3 * SECOND)
        assert await comes(lambda: clock.next_due is not None)
        assert trouble(scanner) == f"scanner {clamd_server.url}: Connection refused"
        clamd_server.start()
        await looked(clock, SECOND)

        assert await comes(lambda: trouble(scanner) is None)


async def test_one_that_answers_nonsense_is_told_of_until_it_does_better(tmp_path: Path) -> None:
    """A verdict ends it at once; without one it is told for a minute."""
    clock = SettableClock()
    address = command(tmp_path, "grep -q bad && exit 3; exit 0")
    async with supervised(address, clock) as scanner:
        for _ in range(2):
            with pytest.raises(NoVerdict):
                await scan(scanner, b"bad")
            await looked(clock, 50 * SECOND)
            assert (
                scanner.trouble == f"scanner {address}: it ended with status 3, which is no verdict"
            )
        await looked(clock, 9 * SECOND)
        assert await comes(lambda: clock.next_due is not None)
        assert trouble(scanner) is not None
        await looked(clock, SECOND)
        assert await comes(lambda: trouble(scanner) is None)

        with pytest.raises(NoVerdict):
            await scan(scanner, b"bad")
        assert await scan(scanner, b"good")
        assert trouble(scanner) is None


async def test_a_slow_one_has_given_no_verdict(tmp_path: Path) -> None:
    """It is ended after its time; that it is there helps nobody."""
    address = command(tmp_path, "sleep 600")
    async with supervised(address, SettableClock(), within=1) as scanner:
        async with asyncio.timeout(10):
            with pytest.raises(NoVerdict, match="no verdict within 1 s"):
                await scan(scanner)
        assert trouble(scanner) == f"scanner {address}: no verdict within 1 s"


async def test_the_fault_of_the_object_store_is_not_the_scanners(tmp_path: Path) -> None:
    """What cannot be read cannot be judged, and says nothing of who should have."""
    async with supervised(command(tmp_path, "exit 0"), SettableClock()) as scanner:
        with pytest.raises(Unavailable):
            await scan(scanner, b"")

        assert trouble(scanner) is None
