"""Commands run in this process, in a world of the test's making."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openparticipant.cli.environment import Environment
from openparticipant.cli.main import run

if TYPE_CHECKING:
    from openparticipant.cli.environment import Output

AT = 1_700_000_000_000

TOKEN = ("--connection-token", "TOK")
START = (
    "start-attachment-upload",
    *("--content-type", "text/plain"),
    *("--attachment-size-in-bytes", "5"),
    *("--attachment-name", "a.txt"),
)
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    status: int
    out: bytes
    err: str
    sleeps: list[float]

    @property
    def json(self) -> Any:
        """Return standard output's JSON value."""
        return json.loads(self.out)


class Numbers:
    """Bytes that look random and are not: 1, 2, 3, spread over as many bytes as asked for."""

    def __init__(self) -> None:
        self._next = itertools.count(1)

    def __call__(self, size: int) -> bytes:
        """Return that many bytes, other ones at each call."""
        spread = next(self._next) * 0x9E3779B97F4A7C15
        return (spread % (1 << 8 * size)).to_bytes(size, "big")


def command(
    *words: str,
    environ: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    stdout: Output | None = None,
    terminal: bool = False,
    stdout_columns: int | None = None,
    at: int = AT,
) -> Outcome:
    """Run one command at `at`; the world has no home, no waiting and no surprises."""
    out, err, sleeps = io.BytesIO(), io.StringIO(), list[float]()
    world = Environment(
        arguments=list(words),
        environ={"HOME": "/nonexistent", **(environ or {})},
        stdin=io.BytesIO(stdin),
        stdout=stdout if stdout is not None else out,
        stderr=err,
        clock=itertools.count(at, 40).__next__,
        sleep=sleeps.append,
        entropy=Numbers(),
        stderr_is_terminal=terminal,
        stdout_columns=stdout_columns,
    )
    status = run(world)
    return Outcome(status, out.getvalue(), err.getvalue(), sleeps)
