"""Pages of the commands that are no operations."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from openparticipant.cli.help_own import EXAMPLES
from tests.cli.chat import chatting
from tests.cli.worlds import command
from tests.requirements import require
from tests.serve_process import plain_environment


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run(name: str, tmp_path: Path) -> None:
    """As they stand on the page, in a shell, with nothing but files and the environment there."""
    require(Path("/bin/sh").exists(), "a shell")
    (tmp_path / "pictures").mkdir()
    for file in ("report.pdf", "photo.png", "pictures/one.png"):
        (tmp_path / file).write_text(file)
    page = command(name, "help").out.decode().partition("\nExamples\n")[2]
    script = "\n".join(line for line in page.splitlines() if line[:4] == "    ")
    stored = {"first": b"1", "second": b"2"}
    with chatting(stored=stored, names={"first": "1.txt", "second": "2.txt"}) as chat:
        assert chat.recorder is not None
        ran = subprocess.run(
            ["/bin/sh", "-eu", "-c", script],
            cwd=tmp_path,
            env=plain_environment(
                AWS_ENDPOINT_URL=chat.recorder.url,
                OPENPARTICIPANT_CONNECTION_TOKEN="T",
                FIRST_ID="first",
                SECOND_ID="second",
                PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            ),
            capture_output=True,
            text=True,
            check=False,
        )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(chat.recorder.requests) >= 2 * script.count("openparticipant ")


@pytest.mark.parametrize("name", EXAMPLES)
def test_pages_are_plain_text_that_fits(name: str) -> None:
    """As those of the operations."""
    text = command(name, "help").out.decode()

    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 80
