"""What the words of `attach` stand for."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.chat import Chat, chatting, items


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chatting() as made:
        yield made


def make(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(name)


def attached(chat: Chat, *words: str) -> list[str]:
    """Return what was attached, by content, which is the path at which it was made."""
    outcome = chat.run("attach", *words, "--parallel", "1")
    assert (outcome.status, outcome.err) == (0, "")
    return [chat.stored[each].decode() for each, _ in items(outcome)]


def test_a_folder_is_what_lies_below_it(chat: Chat) -> None:
    """Regular files, sorted, however deep; nothing hidden; links to files, not to folders."""
    make("d/b/2.txt", "d/b/1.txt", "d/a.txt", "d/c.txt", "d/.hidden", "d/.git/x", "e/outside.txt")
    os.mkfifo("d/pipe")
    Path("d/loop").symlink_to("..")
    Path("d/b/other").symlink_to("../../e")
    Path("d/link.txt").symlink_to("../e/outside.txt")

    assert attached(chat, "d") == ["d/a.txt", "d/b/1.txt", "d/b/2.txt", "d/c.txt", "e/outside.txt"]


def test_a_folder_that_is_named_is_entered(chat: Chat) -> None:
    """Also when its own name is hidden, or it is a link."""
    make(".d/a.txt", "real/b.txt")
    Path("link").symlink_to("real")

    assert attached(chat, ".d/", "link") == [".d/a.txt", "real/b.txt"]


def test_a_pattern_that_reaches_us_is_expanded(chat: Chat) -> None:
    """As a shell would; but a file that is called like a pattern is meant itself."""
    make("x/b1.txt", "x/a1.txt", "x/a2.png", "[a]", "a")

    assert attached(chat, "x/*.txt", "[a]") == ["x/a1.txt", "x/b1.txt", "[a]"]


def test_what_cannot_be_attached_is_named_and_the_others_go(chat: Chat) -> None:
    """Each gets a sentence of its own."""
    make("a.txt", "b.txt")
    os.mkfifo("pipe")
    Path("nothing").mkdir()
    Path("broken").symlink_to("none")
    Path("round").symlink_to("round")
    Path("empty.txt").touch()
    words = [
        *("a.txt", "./a.txt", "pipe", "/dev/null", "nothing", "broken", "round", "empty.txt"),
        *("*.none", "", "b.txt"),
    ]
    outcome = chat.run("attach", *words, "--parallel", "1")

    assert outcome.status == 1
    assert [name for _, name in items(outcome)] == ["a.txt", "b.txt"]
    assert outcome.err.replace("openparticipant: ", "").splitlines() == [
        "./a.txt: it was named before, and is attached once",
        "pipe: it is not a regular file",
        "/dev/null: it is not a regular file",
        "nothing: there is no file in this folder",
        "broken: No such file or directory",
        "round: Too many levels of symbolic links",
        "empty.txt: the file is empty, and an attachment has at least one byte",
        "*.none: No such file or directory",
        ": No such file or directory",
    ]


def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    """A file and a folder without the right to read them."""
    make("d/a.txt", "b.txt", "c.txt")
    Path("d").chmod(0)
    Path("b.txt").chmod(0)
    Path("c.txt").chmod(0o644)
    tmp_path.chmod(0o755)
    said = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, "d", "b.txt"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    Path("d").chmod(0o755)

    assert said.splitlines() == ["d: Permission denied", "b.txt: Permission denied"]


_AS_NOBODY = """
import os, sys
from openparticipant.cli.source import sources
if os.geteuid() == 0:
    os.seteuid(65534)
for each in sources(sys.argv[1:]):
    try:
        each.open()
    except OSError as error:
        print(f"{each.path}: {error.strerror}")
"""


def test_errors_for_scripts_tell_of_the_file(chat: Chat) -> None:
    """One line of JSON each, with the service's details where there are any."""
    make("a.exe", "b.txt")
    outcome = chat.run("attach", "a.exe", "none", "b.txt", "--error-format", "json", "--parallel=1")
    first, second = outcome.err.splitlines()

    assert outcome.status == 1
    assert '"Path": "a.exe"' in first
    assert '"Code": "ValidationException", "Message": "no .exe"' in first
    assert '"Operation": "StartAttachmentUpload", "HttpStatus": 400' in first
    assert second == '{"Code": "File", "Message": "No such file or directory", "Path": "none"}'


def test_one_file_may_be_renamed(chat: Chat) -> None:
    """The name is what others see, and gives the type."""
    make("a.txt")
    outcome = chat.run("attach", "a.txt", "--name", "b.png")

    assert items(outcome) == [("id-1", "b.png")]
    assert chat.made("/participant/start")[0].json["ContentType"] == "image/png"


def test_standard_input_is_a_file(chat: Chat) -> None:
    """Its size is known before the first call."""
    content = os.urandom(1_000_003)
    outcome = chat.run("attach", "-", "--name", "a.bin", stdin=content)

    assert (outcome.status, outcome.err, items(outcome)) == (0, "", [("id-1", "a.bin")])
    assert chat.stored == {"id-1": content}


def test_empty_standard_input_is_refused(chat: Chat) -> None:
    """There is no attachment without a byte, and nothing is asked for."""
    outcome = chat.run("attach", "-", "--name", "a.bin")

    assert outcome.status == 1
    assert outcome.err.endswith(
        "-: standard input is empty, and an attachment has at least one byte\n"
    )
    assert chat.recorder is not None
    assert chat.recorder.requests == []


def test_standard_input_that_finds_no_room_is_told(chat: Chat, tmp_path: Path) -> None:
    """A limit of the system stands for the full disk; nothing is asked for, nothing stays."""
    assert chat.recorder is not None
    done = subprocess.run(
        [
            *(sys.executable, "-m", "openparticipant", "attach", "-", "--name", "a.bin"),
            *("--endpoint-url", chat.recorder.url),
        ],
        env={**os.environ, "OPENPARTICIPANT_CONNECTION_TOKEN": "T", "TMPDIR": str(tmp_path)},
        input=bytes(1_000_000),
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )

    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.endswith(b"-: standard input could not be set aside: File too large\n")
    assert chat.recorder.requests == []
    assert list(tmp_path.iterdir()) == []
