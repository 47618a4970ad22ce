"""The world of one command, handed to everything that looks outside."""

from __future__ import annotations

import os
import sys
import time
from io import FileIO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO, Protocol, TextIO

    class Output(Protocol):
        """Where bytes go; like a raw file, it may take fewer than it was given."""

        def write(self, data: bytes | memoryview, /) -> int | None:
            """Take bytes and tell how many."""


class Environment:
    """What a command may know and touch.

    `arguments` are those after the program's name. Standard output is binary and unbuffered, so
    that a write that fails fails here and not when the interpreter ends. `clock` gives epoch
    milliseconds, `sleep` takes seconds, `entropy` gives that many random bytes. `stdout_columns` is
    None where standard output is no terminal.
    """

    __slots__ = (
        "arguments",
        "clock",
        "entropy",
        "environ",
        "program",
        "sleep",
        "stderr",
        "stderr_is_terminal",
        "stdin",
        "stdout",
        "stdout_columns",
    )

    def __init__(
        self,
        *,
        arguments: list[str],
        environ: Mapping[str, str],
        stdin: BinaryIO | None,
        stdout: Output | None,
        stderr: TextIO | None,
        clock: Callable[[], int],
        sleep: Callable[[float], None],
        entropy: Callable[[int], bytes],
        program: str = "openparticipant",
        stderr_is_terminal: bool = False,
        stdout_columns: int | None = None,
    ) -> None:
        self.arguments = arguments
        self.environ = environ
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.clock = clock
        self.sleep = sleep
        self.entropy = entropy
        self.program = program
        self.stderr_is_terminal = stderr_is_terminal
        self.stdout_columns = stdout_columns

    def write(self, text: str | bytes) -> None:
        """Put out all of `text`; raises OSError where that fails."""
        if self.stdout is None:
            raise OSError("standard output is closed")
        if isinstance(text, str):
            # Half a pair of surrogates has no bytes; JSON's escape for it is Python's, too.
            text = text.encode("utf-8", "backslashreplace")
        left = memoryview(text)
        while left:
            taken = self.stdout.write(left)
            if taken is None:
                raise BlockingIOError("standard output does not take more now")
            left = left[taken:]

    def complain(self, text: str) -> None:
        """Tell the person at the terminal; what cannot be told is lost."""
        if self.stderr is None:
            return
        try:
            self.stderr.write(text)
            self.stderr.flush()
        except OSError:
            pass

    def random(self) -> float:
        """Return a random number from 0 up to, not including, 1."""
        return int.from_bytes(self.entropy(6), "big") / (1 << 48)

    def uuid(self) -> str:
        """Return a random version 4 UUID in lower case."""
        digits = self.entropy(16).hex()
        variant = "89ab"[int(digits[16], 16) & 3]
        return (
            f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
        )


def this_process() -> Environment:
    """Return the world of the running process."""
    name = os.path.basename(sys.argv[0])  # noqa: PTH119 - pathlib would cost a third of the start
    return Environment(
        arguments=sys.argv[1:],
        environ=os.environ,
        stdin=sys.stdin.buffer if sys.stdin is not None else None,
        # A file of its own, since sys.stdout has a buffer.
        stdout=FileIO(1, "wb", closefd=False) if sys.stdout is not None else None,
        stderr=sys.stderr,
        clock=lambda: time.time_ns() // 1_000_000,  # noqa: TID251 - a command's own clock
        sleep=time.sleep,
        entropy=os.urandom,
        program="openparticipant" if name == "__main__.py" else name,
        stderr_is_terminal=sys.stderr is not None and sys.stderr.isatty(),
        stdout_columns=_columns(1),
    )


def _columns(descriptor: int) -> int | None:
    try:
        return os.get_terminal_size(descriptor).columns
    except OSError:
        return None
