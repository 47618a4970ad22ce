"""What a terminal sees of files under way."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path

import pytest

from tests.cli.chat import Chat, chatting
from tests.cli.recording import Recorded, Reply
from tests.serve_process import plain_environment

PATIENCE = 20
SHOWN = b"%"
HIDDEN, BACK = b"\x1b[?25l", b"\x1b[?25h"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_bytes(bytes(300_000))


class Watched:
    """An `attach` at a terminal of its own, whose uploads end when `free` is set."""

    def __init__(self, chat: Chat, columns: int, *words: str, **variables: str) -> None:
        assert chat.recorder is not None
        self.free = threading.Event()
        answer = chat.script

        def slow(request: Recorded) -> Reply:
            if request.method == "PUT":
                self.free.wait(PATIENCE)
            return answer(request)

        chat.recorder.script = slow
        self._master, terminal = pty.openpty()
        self._terminal = terminal
        self.resize(columns)
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "openparticipant", "attach", *words),
                *("--endpoint-url", chat.recorder.url),
            ],
            env=plain_environment(
                **{"OPENPARTICIPANT_CONNECTION_TOKEN": "T", "TERM": "xterm"} | variables
            ),
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
        )
        self.seen = b""

    def resize(self, columns: int) -> None:
        """Give the terminal another width."""
        size = struct.pack("HHHH", 24, columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    def until(self, text: bytes, times: int = 1) -> None:
        """Read until a text has been seen that often from here on."""
        before = len(self.seen)
        while self.seen.count(text, before) < times:
            assert select.select([self._master], [], [], PATIENCE)[0], self.seen
            self.seen += os.read(self._master, 65536)

    def end(self) -> int:
        """Return the status, when all has been read."""
        status: int | None = None
        while status is None or select.select([self._master], [], [], 0)[0]:
            if select.select([self._master], [], [], 0.05)[0]:
                self.seen += os.read(self._master, 65536)
            status = self.process.poll()
        os.close(self._terminal)
        os.close(self._master)
        return status

    @property
    def lines(self) -> list[str]:
        """Return all lines that were drawn, without what steers and colours."""
        text = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", self.seen).decode()
        return re.split(r"\r?\n|\r", text)


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (20, r"a\.txt +100% *"),
        (40, r"a\.txt ━{10} 100% *"),
        (80, r"a\.txt ━{20} 100% 0\.3 of 0\.3 MiB \d\.\d MiB/s 0:00 left *"),
        (200, r"a\.txt ━{30} 100% 0\.3 of 0\.3 MiB \d\.\d MiB/s 0:00 left *"),
    ],
)
def test_a_terminal_sees_what_is_under_way(columns: int, row: str) -> None:
    """As much as there is room for, on one line; afterwards the rows are gone, the cursor back."""
    with chatting() as chat:
        it = Watched(chat, columns, "a.txt")
        it.until(SHOWN)
        it.free.set()
        assert it.end() == 0

    assert any(re.fullmatch(row, line) for line in it.lines), it.lines
    assert all(len(line) <= columns for line in it.lines if "%" in line)
    assert it.seen.count(HIDDEN) == it.seen.count(BACK) > 0
    assert it.seen.endswith(b"\x1b[1A\x1b[2Kid-1  a.txt\r\n")


def test_several_files_are_counted() -> None:
    """A row each for those under way, and one for all."""
    names = [f"{number}.txt" for number in range(6)]
    for name in names:
        Path(name).write_text("x")
    with chatting() as chat:
        it = Watched(chat, 80, *names)
        it.until(b"of 6 files")
        it.free.set()
        assert it.end() == 0

    drawn = [line.split(" ")[0] for line in it.lines if "%" in line]
    assert set(drawn[:4]) == set(names[:4])
    assert "0 of 6 files" in it.lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_a_clean_terminal(number: signal.Signals) -> None:
    """The rows go, the cursor comes back, one sentence stays."""
    with chatting() as chat:
        it = Watched(chat, 200, "a.txt")
        it.until(SHOWN)
        it.process.send_signal(number)
        status = it.end()
        it.free.set()

    assert status == 128 + number
    assert it.seen.count(HIDDEN) == it.seen.count(BACK) > 0
    assert b"\x1b[2Kopenparticipant: interrupted: 0 of 1 files are attached; " in it.seen


def test_an_error_leaves_a_clean_terminal() -> None:
    """The sentence stands on a line of its own, and the others go on."""
    Path("b.exe").write_text("x")
    with chatting() as chat:
        it = Watched(chat, 200, "a.txt", "b.exe", "--parallel", "1")
        it.until(SHOWN)
        it.free.set()
        assert it.end() == 1

    assert it.seen.count(HIDDEN) == it.seen.count(BACK)
    assert any(line.startswith("openparticipant: b.exe: An error") for line in it.lines)


def test_a_name_cannot_steer_the_table() -> None:
    """No control character, no turned text, and what looks like markup is shown as it is."""
    name = "[red]a\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}[bold].txt"
    Path(name).write_text("x")
    with chatting() as chat:
        it = Watched(chat, 120, name)
        it.until(SHOWN)
        it.free.set()
        assert it.end() == 0

    shown = "[red]a\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}[bold].txt"
    assert any(line.startswith(shown) and "%" in line for line in it.lines), it.lines
    assert b"\x1b[2J" not in it.seen
    assert "\N{RIGHT-TO-LEFT OVERRIDE}".encode() not in it.seen


def test_colours_can_be_switched_off() -> None:
    """NO_COLOR is heard; what redraws the rows stays."""
    with chatting() as chat:
        it = Watched(chat, 80, "a.txt", NO_COLOR="1")
        it.until(SHOWN)
        it.free.set()
        assert it.end() == 0

    assert re.search(rb"\x1b\[[0-9;]*m", it.seen) is None


def test_a_terminal_that_cannot_redraw_gets_lines() -> None:
    """As a file would, and no escape among them."""
    with chatting() as chat:
        it = Watched(chat, 80, "a.txt", TERM="dumb")
        it.free.set()
        assert it.end() == 0

    assert it.seen == b"id-1  a.txt\r\n"


def test_a_terminal_may_change_its_width() -> None:
    """The rows that follow fit."""
    with chatting() as chat:
        it = Watched(chat, 100, "a.txt")
        it.until(SHOWN)
        it.resize(20)
        it.until(SHOWN, times=3)
        narrow = len(it.lines)
        it.until(SHOWN, times=2)
        it.free.set()
        assert it.end() == 0

    assert all(len(line) <= 20 for line in it.lines[narrow:] if "%" in line)


def test_what_is_over_soon_is_not_drawn() -> None:
    """No flicker, and no time spent on what draws."""
    with chatting() as chat:
        it = Watched(chat, 80, "a.txt")
        it.free.set()
        assert it.end() == 0

    assert it.lines[-2:] == ["id-1  a.txt", ""]
