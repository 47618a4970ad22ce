"""A command as a scanner: its exit status is its verdict, and nothing of it stays behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import psutil
import pytest
import uvloop

from openparticipant.domain.review import Verdict
from openparticipant.errors import NoVerdict, Unavailable
from openparticipant.scanners.address import read_program
from openparticipant.scanners.command import Command
from openparticipant.scanners.failure import Unreachable
from openparticipant.scanners.run import Run
from tests.scanners.files import PIECE, completed

Loop: TypeAlias = Callable[[], asyncio.AbstractEventLoop]


# Servers run on uvloop; the two start processes in ways of their own.
@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def loop(request: pytest.FixtureRequest) -> Loop:
    """Return what makes an event loop."""
    made: Loop = request.param
    return made


def script(place: Path, body: str) -> Command:
    """Return a command that is a shell script."""
    path = place / "scan"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return Command(str(path))


def verdict(loop: Loop, command: Command, content: bytes = b"hello", within: float = 20) -> Verdict:
    """Run it on a file."""

    async def scan() -> Verdict:
        async with completed(content) as file, asyncio.timeout(within):
            return await command.scan(file)

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(scan())


@pytest.mark.parametrize(
    ("body", "is_approved"),
    [
        ("cat >/dev/null; exit 0", True),
        ("cat >/dev/null; exit 1", False),
        ("exit 0", True),  # what it did not want to read is not written to the end
        ("exit 1", False),
        ("head -c 5 >/dev/null; exit 1", False),
    ],
)
def test_its_status_is_the_verdict(
    loop: Loop, tmp_path: Path, body: str, *, is_approved: bool
) -> None:
    """0 approves and 1 rejects, however much of the file it has read."""
    command = script(tmp_path, body)
    for content in (b"x", bytes(9 * PIECE)):
        assert verdict(loop, command, content).is_approved is is_approved


@pytest.mark.parametrize("body", ["exit 2", "exit 127", "kill -9 $$", "kill -TERM $$", "no-such"])
def test_any_other_end_is_no_verdict(loop: Loop, tmp_path: Path, body: str) -> None:
    """Also where a signal ended it."""
    with pytest.raises(NoVerdict, match="no verdict"):
        verdict(loop, script(tmp_path, f"cat >/dev/null\n{body}"))


def test_it_gets_the_file_as_it_is(loop: Loop, tmp_path: Path) -> None:
    """Every byte, on its standard input, and then the end."""
    content = os.urandom(3 * PIECE + 1)
    verdict(loop, script(tmp_path, f"cat >{tmp_path}/got"), content)

    assert (tmp_path / "got").read_bytes() == content


def test_it_gets_nothing_else(loop: Loop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the server's, no open file, no terminal; its place is the root."""
    monkeypatch.setenv("OPENPARTICIPANT_MASTER_KEY", "secret")
    with (tmp_path / "open").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        verdict(
            loop,
            script(tmp_path, f"(env; pwd; ls /proc/self/fd | wc -l; tty) >{tmp_path}/got 2>&1"),
        )
    got = (tmp_path / "got").read_text()

    assert "secret" not in got
    assert "OPENPARTICIPANT" not in got
    assert "PWD=/\n" in got
    assert "not a tty" in got
    assert "\n4\n" in got or "\n3\n" in got  # its three, and the list of them


def test_what_it_complains_of_is_logged_within_bounds(
    loop: Loop, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The beginning, in one line; what it prints otherwise is nobody's."""
    body = "echo no >&1; printf 'bad\\nfile\\033[2J' >&2; yes | head -c 900000 >&2; exit 0"
    assert verdict(loop, script(tmp_path, body)).is_approved
    (record,) = caplog.records

    assert "bad?file?[2J" in record.message
    assert record.message.isprintable()
    assert len(record.message) < 300


def test_what_takes_too_long_is_ended_with_all_that_it_started(loop: Loop, tmp_path: Path) -> None:
    """Whoever gives up on it leaves no process behind."""
    command = script(tmp_path, f"sleep 600 & echo $! >{tmp_path}/child; cat >/dev/null; wait")
    with pytest.raises(TimeoutError):
        verdict(loop, command, within=2)
    child = int((tmp_path / "child").read_text())

    assert not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie"


def test_what_it_leaves_running_is_ended(loop: Loop, tmp_path: Path) -> None:
    """A verdict is a verdict, and a background job does not hold it up."""
    command = script(tmp_path, f"sleep 600 & echo $! >{tmp_path}/child; exit 0")
    assert verdict(loop, command).is_approved
    child = int((tmp_path / "child").read_text())

    assert not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie"


@pytest.fixture
def runaway(tmp_path: Path) -> Iterator[Command]:
    """Return a command that leaves a process in a session of its own, whose number is in a file."""
    program = tmp_path / "runaway.py"
    program.write_text(
        "import os, pathlib, time\n"
        "os.setsid()\n"
        f"place = pathlib.Path({str(tmp_path)!r})\n"
        "(place / 'new').write_text(str(os.getpid()))\n"
        "(place / 'new').rename(place / 'child')\n"
        "time.sleep(600)\n"
    )
    wait = f"while ! test -e {tmp_path}/child; do sleep 0.01; done"
    body = f"echo $$ >{tmp_path}/leader; {sys.executable} {program} & {wait}; exit 0"
    yield script(tmp_path, body)
    os.kill(int((tmp_path / "child").read_text()), signal.SIGKILL)


def test_what_leaves_its_process_group_goes_on(
    loop: Loop, tmp_path: Path, runaway: Command
) -> None:
    """As the documents say; it holds no verdict up."""
    assert verdict(loop, runaway).is_approved

    assert psutil.Process(int((tmp_path / "child").read_text())).status() != "zombie"


def test_its_number_is_its_own_until_its_group_has_ended(
    loop: Loop, tmp_path: Path, runaway: Command
) -> None:
    """Or else what is ended might be somebody else's."""

    async def run() -> int:
        it = Run(runaway.path)
        await it.end_of_file()
        leader = psutil.Process(int((tmp_path / "leader").read_text()))
        assert leader.status() == "zombie"
        status = await it.close()
        assert not leader.is_running()
        return status

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(run()) == 0


def test_who_gives_up_while_it_ends_keeps_nothing_open(
    loop: Loop, tmp_path: Path, runaway: Command
) -> None:
    """Neither its pipes nor the loop's eye on them; what is left of it is reaped all the same."""

    async def run() -> None:
        it = Run(runaway.path)
        await it.end_of_file()
        leader = psutil.Process(int((tmp_path / "leader").read_text()))
        held = psutil.Process().num_fds()
        # Its stderr is open in the runaway, so `close` waits for last words.
        closing = asyncio.ensure_future(it.close())
        while leader.is_running():  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0)
        closing.cancel()
        await asyncio.wait([closing])
        assert closing.cancelled()
        assert psutil.Process().num_fds() == held - 1  # its stdin is closed already

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(asyncio.wait_for(run(), 20))


@pytest.mark.parametrize(
    "address",
    [
        "exec://usr/bin/true",
        "exec:/usr/bin/true?strict=1",
        "exec:/usr/bin/true?",
        "exec:usr/bin/true",
        "exec:",
    ],
)
def test_addresses_that_name_no_command(address: str) -> None:
    """Nothing of an address is dropped: what is run is what was meant."""
    with pytest.raises(ValueError, match=r"^a command is at exec:/PATH, without"):
        read_program(address, within=1)


def test_addresses_of_commands() -> None:
    """By path, in which everything may be written as URLs have it."""
    for address, path in (
        ("exec:/a/b", "/a/b"),
        ("exec:///a", "/a"),
        ("exec:/a%3Fb%20c", "/a?b c"),
    ):
        assert read_program(address, within=1) == Command(path)


def test_a_command_that_cannot_be_run_is_unreachable(loop: Loop, tmp_path: Path) -> None:
    """Missing, a directory, without the right to execute, or for another machine."""
    plain = tmp_path / "plain"
    plain.write_text("no program")
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF garbage")
    broken.chmod(0o755)
    for path in (tmp_path / "missing", tmp_path, plain, broken):
        with pytest.raises(Unreachable, match=f"^exec:{path}: "):
            verdict(loop, Command(str(path)))


def test_a_file_that_is_not_there_is_not_the_commands_fault(loop: Loop, tmp_path: Path) -> None:
    """It is not even started."""
    with pytest.raises(Unavailable) as failed:
        verdict(loop, script(tmp_path, f"touch {tmp_path}/ran"), b"")

    assert not isinstance(failed.value, NoVerdict)
    assert not (tmp_path / "ran").exists()
