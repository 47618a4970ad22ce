"""A server in a process of its own that cannot start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from tests.serve_process import plain_environment


def refused_start(*words: str, environ: Mapping[str, str] | None = None) -> str:
    """Run `serve`, which must end with status 2, and return the one line that it said."""
    done = subprocess.run(
        [sys.executable, "-m", "openparticipant", "serve", "--port", "0", *words],
        env=plain_environment(**(environ or {})),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert (done.returncode, len(said)) == (2, 1), done.stderr
    return said[0]
