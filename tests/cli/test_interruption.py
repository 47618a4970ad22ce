"""Ctrl-C and its kin in the middle of files: each is told as done or not, and the end is in order."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from openparticipant.cli.client import Client
from openparticipant.cli.endpoint import Endpoint
from openparticipant.cli.environment import this_process
from openparticipant.cli.global_options import GlobalOptions
from openparticipant.cli.interruption import Interruption, StoppedError
from openparticipant.cli.model import OPERATIONS
from openparticipant.cli.profile import load
from openparticipant.cli.reach import Reach
from openparticipant.cli.refusal import CommandError
from openparticipant.cli.retries import configured
from tests.cli.chat import Chat, chatting
from tests.cli.recording import Recorded, Reply
from tests.requirements import require
from tests.serve_process import plain_environment

PATIENCE = 20


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "b.txt", "c.txt"):
        Path(name).write_text(name)


class Stuck:
    """A chat that does not answer the calls of one step until it is let go."""

    def __init__(self, chat: Chat, path: str, *, but: int = 0) -> None:
        self.chat = chat
        self.reached, self.free = threading.Event(), threading.Event()
        self._left = but
        answer = chat.script

        def script(request: Recorded) -> Reply:
            if request.path.startswith(path):
                if not self._left:
                    self.reached.set()
                    self.free.wait(PATIENCE)
                self._left = max(self._left - 1, 0)
            return answer(request)

        assert chat.recorder is not None
        chat.recorder.script = script

    @contextmanager
    def running(self, *words: str, under_nohup: bool = False) -> Iterator[subprocess.Popen[str]]:
        """Run a command until it is stuck; `nohup` ignores SIGHUP for it."""
        assert self.chat.recorder is not None
        with subprocess.Popen(
            [
                *(["nohup"] if under_nohup else []),
                *(sys.executable, "-m", "openparticipant", *words),
                *("--endpoint-url", self.chat.recorder.url),
            ],
            stdin=subprocess.DEVNULL,
            env=plain_environment(OPENPARTICIPANT_CONNECTION_TOKEN="T"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert self.reached.wait(PATIENCE)
                yield process
            finally:
                self.free.set()
                process.kill()


@contextmanager
def stuck(path: str, **more: int) -> Iterator[Stuck]:
    with chatting() as chat:
        yield Stuck(chat, path, **more)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_new_is_begun_and_bytes_are_cut_off(number: signal.Signals) -> None:
    """What is done is told, what is under way is dropped, what waits is not started."""
    with (
        stuck("/attachments", but=1) as it,
        it.running("attach", "a.txt", "b.txt", "c.txt", "--parallel", "1") as process,
    ):
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        made = len(it.chat.made("/participant/start"))

    assert (process.returncode, out) == (128 + number, "id-1  a.txt\n")
    assert err == (
        "openparticipant: interrupted: 1 of 3 files are attached; "
        "with --resume FILE from its start, such a command can go on where it was ended\n"
    )
    assert made == 2
    assert it.chat.completed == ["id-1"]


def test_what_is_ignored_stays_ignored() -> None:
    """A long upload under `nohup` outlives the terminal."""
    require(shutil.which("nohup"), "nohup")
    with stuck("/attachments") as it, it.running("attach", "a.txt", under_nohup=True) as process:
        process.send_signal(signal.SIGHUP)
        assert is_waiting(process)
        it.free.set()
        out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out, err) == (0, "id-1  a.txt\n", "")


def test_a_completion_under_way_is_waited_for() -> None:
    """Its file is told as attached, by line and in the journal, and no other one is begun."""
    with (
        stuck("/participant/complete") as it,
        it.running("attach", "a.txt", "b.txt", "--parallel=1", "--resume=j") as process,
    ):
        process.send_signal(signal.SIGINT)
        assert is_waiting(process)
        it.free.set()
        out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out) == (130, "id-1  a.txt\n")
    assert err == (
        "openparticipant: interrupted: 1 of 2 files are attached; "
        "the same command goes on from here\n"
    )
    assert steps() == ["begun", "completing", "completed"]


def test_a_second_signal_ends_at_once() -> None:
    """Also while a completion is waited for; the journal knows that its end is open."""
    with (
        stuck("/participant/complete") as it,
        it.running("attach", "a.txt", "--resume=j") as process,
    ):
        process.send_signal(signal.SIGINT)
        assert is_waiting(process)
        process.send_signal(signal.SIGINT)
        # Without the sentence that an end in order brings.
        assert process.communicate(timeout=PATIENCE) == ("", "")
        assert process.returncode == 130

    assert steps() == ["begun", "completing"]


def test_a_completion_that_is_not_answered_is_told_as_open() -> None:
    """Patience ends, and nobody claims to know."""
    with stuck("/participant/complete") as it, it.running("attach", "a.txt", "--json") as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
        assert not it.free.is_set()

    assert (process.returncode, json.loads(out)) == (130, [])
    assert "interrupted: 0 of 1 files are attached, not known: a.txt; " in err


def test_a_stop_wakes_whoever_waits_for_an_answer() -> None:
    """The connection ends, another try is not made, and no new call goes out."""
    found: list[type] = []
    with stuck("/participant/disconnect") as it:
        assert it.chat.recorder is not None
        options = GlobalOptions({})
        reach, retries = Reach(options, {}, trust=None), configured({}, load({}, None))
        endpoint = Endpoint(it.chat.recorder.url, None, reach, retries)
        client = Client(this_process(), options, endpoint)
        interruption = Interruption(client)

        def call() -> None:
            try:
                client.call(OPERATIONS["disconnect-participant"], {"ConnectionToken": "T"})
            except (CommandError, StoppedError) as error:
                found.append(type(error))

        waiting, late = threading.Thread(target=call), threading.Thread(target=call)
        waiting.start()
        assert it.reached.wait(PATIENCE)
        interruption.stop()
        waiting.join(PATIENCE / 2)
        assert not waiting.is_alive()
        late.start()
        late.join(PATIENCE / 2)
        it.free.set()

    assert found == [StoppedError, StoppedError]
    assert len(it.chat.recorder.requests) == 1


def test_errors_for_scripts_tell_of_the_interrupt() -> None:
    """One line of JSON, and a list of what is attached."""
    words = ("--json", "--error-format", "json", "--parallel", "1")
    with (
        stuck("/attachments", but=1) as it,
        it.running("attach", "a.txt", "b.txt", *words) as process,
    ):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)

    assert [each["AttachmentName"] for each in json.loads(out)] == ["a.txt"]
    assert json.loads(err)["Code"] == "Interrupted"


def test_an_interrupted_command_is_resumed() -> None:
    """The same line again attaches what is left, and prints all."""
    words = ("attach", "a.txt", "b.txt", "c.txt", "--parallel", "2", "--resume", "j")
    with stuck("/attachments", but=1) as it:
        with it.running(*words) as process:
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 130
        outcome = it.chat.run(*words)

    assert outcome.status == 0
    assert sorted(it.chat.stored[each].decode() for each in it.chat.completed) == [
        *("a.txt", "b.txt", "c.txt")
    ]


def test_a_reader_that_leaves_ends_the_others() -> None:
    """Nobody would learn of more attachments, so no more are begun."""
    with (
        stuck("/attachments", but=1) as it,
        it.running("attach", "a.txt", "b.txt", "c.txt", "--parallel=1") as process,
    ):
        assert process.stdout is not None
        process.stdout.close()
        it.free.set()
        assert process.wait(PATIENCE) == 141
        assert process.stderr is not None
        assert process.stderr.read() == ""

    assert len(it.chat.made("/participant/start")) <= 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_download_leaves_no_part(tmp_path: Path, number: signal.Signals) -> None:
    """Two under way, one done: that one stays, the others leave nothing."""
    (tmp_path / "to").mkdir()
    stored = {each: each.encode() * 1000 for each in "ijk"}
    names = {each: f"{each}.txt" for each in "ijk"}
    with chatting(stored=stored, names=names) as chat:
        it = Stuck(chat, "/attachments", but=1)
        with it.running("download", *"ijk", "-o", "to", "--parallel", "1") as process:
            process.send_signal(number)
            out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out) == (128 + number, "to/i.txt\n")
    assert err.startswith("openparticipant: interrupted: 1 of 3 files are saved; ")
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["i.txt"]


def is_waiting(process: subprocess.Popen[str]) -> bool:
    """Tell whether a process that has got a signal is still there, beyond its grace of a second."""
    try:
        process.wait(1.5)
    except subprocess.TimeoutExpired:
        return True
    return False


def steps() -> list[str]:
    """Return the steps that the journal holds."""
    return [json.loads(line)["Step"] for line in Path("j").read_text().splitlines()[1:]]
