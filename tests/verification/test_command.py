"""`verify` as an operator runs it, beside a server that is busy, ended or killed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

from openparticipant.testing.chat import start_chat
from tests.cli.worlds import command
from tests.crash.line import Line
from tests.crash.load import Load
from tests.crash.rounds import control_key
from tests.engines.cluster import remote
from tests.serve_process import ServeProcess, plain_environment
from tests.verification.looking import flip, objects_in

_RUNS = 5


def verify(data_dir: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "openparticipant", "verify", "--data-dir", str(data_dir), *words],
        check=False,
        capture_output=True,
        env=plain_environment(),
        timeout=120,
    )


def test_a_busy_server_has_no_differences(tmp_path: Path) -> None:
    """Uploads, completions, downloads and ends of chats meanwhile are no false alarms."""
    data_dir, log = tmp_path / "data", tmp_path / "log"
    with ServeProcess(data_dir, log=log) as server:
        key = control_key(data_dir)
        load = Load(lambda: Line(server.url, key), random.randrange(1 << 32), couples=2)
        load.start()
        try:
            done = [verify(data_dir) for _ in range(_RUNS)]
        finally:
            load.brace()
            server.kill()
            load.join()
        server.reap()

    assert load.faults == []
    assert [(it.returncode, it.stderr) for it in done] == [(0, b"")] * _RUNS
    assert done[-1].stdout.endswith(b" bytes read: no differences\n")
    assert verify(data_dir).returncode == 0
    with ServeProcess(data_dir, log=log) as server:
        assert verify(data_dir).returncode == 0
        assert server.terminate() == 0
    assert verify(data_dir).returncode == 0


def test_a_flipped_bit_is_named(tmp_path: Path) -> None:
    """The line has the object, and the status says that there is something to see to."""
    data_dir = tmp_path / "data"
    with ServeProcess(data_dir, log=tmp_path / "log") as server:
        chat = start_chat(remote(server), "Customer")
        attachment_id = chat.attach(content=b"x" * 70_000)
        (path,) = objects_in(data_dir)
        flip(path, 50_000)

        done, quick, as_json = (
            verify(data_dir),
            verify(data_dir, "--quick"),
            verify(data_dir, "--json"),
        )

    line, summary = done.stdout.decode().splitlines()
    place = path.relative_to(data_dir / "objects").as_posix()
    assert done.returncode == 1
    assert line.startswith(f"damaged: {place}: its bytes have sha256 ")
    assert line.endswith(f"(attachment {attachment_id} of contact {chat.contact_id})")
    assert summary.endswith(": 1 difference")
    assert (quick.returncode, quick.stdout) == (
        0,
        b"1 rows, 1 objects, no bytes read: no differences\n",
    )
    found, summed = (json.loads(text) for text in as_json.stdout.splitlines())
    assert (found["Difference"], found["Object"]) == ("damaged", place)
    assert summed["Differences"] == 1


def test_what_cannot_be_looked_at_is_status_2(tmp_path: Path) -> None:
    """One line says why, and nothing is made."""
    outcome = command("verify", "--data-dir", str(tmp_path / "none"))

    assert (outcome.status, outcome.out) == (2, b"")
    assert "no server has run on" in outcome.err
    assert outcome.err.count("\n") == 1
    assert not (tmp_path / "none").exists()


def test_objects_that_are_not_there_at_all_are_no_differences(tmp_path: Path) -> None:
    """A disk that is not mounted is told as such, not object by object."""
    with ServeProcess(tmp_path / "data", log=tmp_path / "log") as server:
        assert server.terminate() == 0
    (tmp_path / "data" / "objects").rename(tmp_path / "elsewhere")

    done = verify(tmp_path / "data")

    assert done.returncode == 2
    assert b"where the objects should be, is not there" in done.stderr


def test_a_wrong_rate_is_refused() -> None:
    """It must be a number of MiB a second."""
    for words in (["--rate"], ["--rate", "0"], ["--rate=-1"], ["--rate", "fast"]):
        outcome = command("verify", *words)
        assert outcome.status != 0
        assert "must be a number of MiB a second" in outcome.err
