"""The clients' own programs, run as a user runs them: with little environment and real files."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.requirements import require

# What the servers of these tests have as the view `welcome`.
VIEW: dict[str, Any] = {
    "Name": "Welcome",
    "Version": 3,
    "Content": {
        "InputSchema": {"type": "object"},
        "Template": {"Head": "Hello"},
        "Actions": ["ok"],
    },
}
_PATIENCE = 120
_HERE = Path(__file__).parent


def find(name: str) -> str:
    """Return a program's path: beside this interpreter, else anywhere; or skip the test."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    require(found, f"the program {name}")
    assert found is not None
    return found


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended."""

    status: int
    out: bytes
    err: bytes

    @property
    def json(self) -> Any:
        """Its standard output, decoded; the program must have succeeded."""
        assert self.status == 0, (self.status, self.out, self.err)
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Shell:
    """A user's surroundings: a home without anything in it, and a few variables."""

    home: Path
    variables: Mapping[str, str]

    def run(self, program: str, *words: str, **more: str) -> Outcome:
        """Run a program to its end; `more` are variables for this run."""
        done = subprocess.run(
            [find(program), *words],
            capture_output=True,
            check=False,
            cwd=self.home,
            env={"HOME": str(self.home), "PATH": os.environ["PATH"], **self.variables, **more},
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def script(self, text: str, **more: str) -> Outcome:
        """Run lines of POSIX shell."""
        return self.run("sh", "-euc", text, **more)


def told_by_env(data_dir: Path, home: Path, **variables: str) -> Shell:
    """Return a shell in which the lines of `openparticipant env` were evaluated.

    `variables` are those it had before.
    """
    before = Shell(home, variables)
    command = shlex.join([find("openparticipant"), "env", "--data-dir", str(data_dir)])
    shown = before.script(f'eval "$({command})"\nenv -0')
    assert shown.status == 0, shown.err
    pairs = (line.partition("=") for line in shown.out.decode().split("\0") if line)
    kept = {name: value for name, _, value in pairs}
    return Shell(home, {name: kept[name] for name in kept if name.startswith(("AWS_", "NODE_"))})


def javascript(shell: Shell, name: str, **more: str) -> Any:
    """Run one of our scripts on Node and return the JSON that it prints, or skip the test."""
    require((_HERE / "js" / "node_modules").is_dir(), "npm ci --prefix tests/clients/js")
    return shell.run("node", str(_HERE / "js" / name), **more).json
