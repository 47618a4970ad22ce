"""Pages of the commands that are no operations."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from openparticipant.cli.help_own import EXAMPLES
from openparticipant.testing.server import Server
from tests.cli.chat import chatting
from tests.cli.worlds import command
from tests.requirements import require
from tests.serve_process import plain_environment

OF_FILES = ("attach", "download")
OF_THE_OPERATOR = ("contacts", "transcript")


@pytest.mark.parametrize("name", OF_FILES)
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


@pytest.mark.parametrize("name", OF_THE_OPERATOR)
def test_examples_of_the_operator_run(name: str, tmp_path: Path) -> None:
    """As they stand on the page, where a server was started without a word about its directory."""
    require(Path("/bin/sh").exists(), "a shell")
    with Server(tmp_path / "openparticipant-data", log=io.BytesIO()) as server:
        chat = server.start_chat()
        chat.say("hello")
    shown = command(name, "help").out.decode().partition("\nExamples\n")[2]
    script = "\n".join(line for line in shown.splitlines() if line[:4] == "    ")
    ran = subprocess.run(
        ["/bin/sh", "-eu", "-c", script],
        cwd=tmp_path,
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "CONTACT_ID": chat.contact_id,
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    (kept,) = tmp_path.glob("*.jsonl")
    assert chat.contact_id in kept.read_text()


def test_examples_about_keys_run(tmp_path: Path) -> None:
    """As they stand on the page: the shell has the new pair, and the old one is retired."""
    require(Path("/bin/sh").exists(), "a shell")
    with Server(tmp_path / "openparticipant-data", log=io.BytesIO()) as server:
        old = server.node.control_key
    shown = command("keys", "help").out.decode().partition("\nExamples\n")[2]
    script = [line for line in shown.splitlines() if line[:4] == "    "]
    ran = subprocess.run(
        ["/bin/sh", "-eu", "-c", "\n".join((*script, 'echo "$AWS_SECRET_ACCESS_KEY"'))],
        cwd=tmp_path,
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "OLD_KEY": old.access_key_id,
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    with Server(tmp_path / "openparticipant-data", log=io.BytesIO()) as server:
        new = server.node.control_key
    assert new != old
    assert ran.stdout.splitlines()[-1] == new.secret_access_key


def test_every_example_is_run() -> None:
    """A new one belongs to one of them."""
    assert {*OF_FILES, *OF_THE_OPERATOR, "keys"} == EXAMPLES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_pages_are_plain_text_that_fits(name: str) -> None:
    """As those of the operations."""
    text = command(name, "help").out.decode()

    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 80
