"""The command as a test runs it, and what it found."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO, StringIO

from openparticipant.cli.environment import Environment
from openparticipant.cli.main import run
from openparticipant.system import SystemClock

ORIGIN = "https://chat.example.org"
_SECRETS = re.compile(r"X-Amz-[A-Za-z-]+=|AuthToken=", re.IGNORECASE)


@dataclass(frozen=True)
class Examined:
    """What a run put out; `checks` are its findings by name: ok, wrong or skipped."""

    status: int
    out: str
    err: str

    @property
    def checks(self) -> dict[str, str]:
        """Return each check's result."""
        found = re.findall(r"^(ok|wrong|skipped) +([a-z ]+): ", self.out, re.MULTILINE)
        return {check: result for result, check in found}

    @property
    def wrong(self) -> list[str]:
        """Return what is wrong, each with how to mend it, without the words before it."""
        return [
            " ".join(each.removeprefix("wrong").split())
            for each in re.split(r"\n(?! )", self.out)
            if each.startswith("wrong")
        ]


def examine(
    *words: str, environ: Mapping[str, str], origin: str = ORIGIN, ahead: int = 0
) -> Examined:
    """Run it with a clock that is so many seconds ahead; what is secret must not show."""
    out, err = BytesIO(), StringIO()
    clock = SystemClock()
    status = run(
        Environment(
            arguments=["doctor", "--origin", origin, "--cli-read-timeout", "5", *words],
            environ={"HOME": "/nonexistent", **environ},
            stdin=None,
            stdout=out,
            stderr=err,
            clock=lambda: clock.now() + ahead * 1000,
            sleep=lambda _: None,
            entropy=os.urandom,
        )
    )
    examined = Examined(status, out.getvalue().decode(), err.getvalue())
    assert not _SECRETS.search(examined.out + examined.err)
    return examined


def only_wrong(examined: Examined) -> str:
    """Return the one thing that is wrong."""
    assert examined.status == 1, examined.out + examined.err
    (wrong,) = examined.wrong
    return wrong
