"""`download`: a file appears whole under its own name, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from openparticipant.cli.attachment_name import from_disposition
from openparticipant.domain.disposition import content_disposition
from tests.cli.chat import EXPIRED, Chat, chatting
from tests.cli.recording import DROP, Reply

CONTENT = os.urandom(600_001)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chatting(stored={"i": CONTENT}, names={"i": "é 1.png"}) as made:
        yield made


def only_file(folder: Path) -> tuple[str, bytes]:
    (path,) = folder.iterdir()
    return path.name, path.read_bytes()


def test_a_file_is_saved_under_its_own_name(chat: Chat, tmp_path: Path) -> None:
    """The name is printed, the bytes are all there, nothing else stays behind."""
    outcome = chat.run("download", "i")

    assert (outcome.status, outcome.out.decode(), outcome.err) == (0, "é 1.png\n", "")
    assert only_file(tmp_path) == ("é 1.png", CONTENT)


def test_the_mode_is_that_of_any_new_file(chat: Chat, tmp_path: Path) -> None:
    """The temporary name brings no stricter and no looser mode with it."""
    (tmp_path / "other").touch()
    chat.run("download", "i")

    assert (tmp_path / "é 1.png").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("target", ["named.bin", "folder", "folder/named.bin"])
def test_the_target_is_a_file_or_a_folder(chat: Chat, tmp_path: Path, target: str) -> None:
    """A folder gets the file under its own name."""
    (tmp_path / "folder").mkdir()
    outcome = chat.run("download", "i", "-o", target)

    expected = f"{target}/é 1.png" if target == "folder" else target
    assert outcome.out.decode() == f"{expected}\n"
    assert (tmp_path / expected).read_bytes() == CONTENT


def test_standard_output_gets_nothing_but_the_bytes(chat: Chat) -> None:
    """For pipes."""
    outcome = chat.run("download", "i", "-o", "-")

    assert (outcome.status, outcome.out) == (0, CONTENT)


@pytest.mark.parametrize("words", [[], ["-o", "é 1.png"]])
def test_an_existing_file_is_left_alone(chat: Chat, tmp_path: Path, words: list[str]) -> None:
    """Only --force replaces."""
    (tmp_path / "é 1.png").write_bytes(b"mine")
    refused = chat.run("download", "i", *words)

    assert refused.status == 1
    assert refused.err.endswith("é 1.png exists already; --force replaces it\n")
    assert only_file(tmp_path) == ("é 1.png", b"mine")
    assert chat.run("download", "i", "--force", *words).status == 0
    assert only_file(tmp_path) == ("é 1.png", CONTENT)


def test_a_file_that_comes_in_between_is_left_alone(chat: Chat, tmp_path: Path) -> None:
    """What appeared during the download is no more ours to replace than what was there before."""
    assert chat.recorder is not None
    answer = chat.script

    def racing(request: object) -> Reply:
        reply = answer(request)  # type: ignore[arg-type]
        if len(chat.made("/attachments")) == 2:
            (tmp_path / "é 1.png").write_bytes(b"mine")
        return reply

    chat.accidents["get"] = [Reply(200, CONTENT, cut=1000)]
    chat.recorder.script = racing
    outcome = chat.run("download", "i", "-o", "é 1.png")

    assert outcome.status == 1
    assert only_file(tmp_path) == ("é 1.png", b"mine")


@pytest.mark.parametrize(
    "accident", [DROP, Reply(200, CONTENT, cut=1000), Reply(503, b""), EXPIRED]
)
def test_a_lost_connection_is_taken_up_again(chat: Chat, tmp_path: Path, accident: Reply) -> None:
    """From the first byte, with a fresh URL where the old one has expired."""
    chat.accidents["get"] = [accident, accident]
    outcome = chat.run("download", "i", "-o", "f")

    assert outcome.status == 0, outcome.err
    assert only_file(tmp_path) == ("f", CONTENT)
    assert len(chat.made("/participant/attachment")) == (3 if accident is EXPIRED else 1)


@pytest.mark.parametrize(
    ("announced", "said"),
    [
        (
            len(CONTENT) + 1,
            f"the connection was lost after {len(CONTENT)} of {len(CONTENT) + 1} bytes",
        ),
        (len(CONTENT) - 1, f"more than the {len(CONTENT) - 1} bytes announced came"),
    ],
)
def test_a_wrong_size_leaves_nothing(chat: Chat, tmp_path: Path, announced: int, said: str) -> None:
    """The size that the service announced is the size that is kept."""
    chat.announced = announced
    outcome = chat.run("download", "i")

    assert outcome.status == 1
    assert outcome.err.endswith(f"{said}\n")
    assert list(tmp_path.iterdir()) == []


def test_output_that_began_cannot_begin_again(chat: Chat) -> None:
    """Standard output must not hold the first part twice."""
    chat.accidents["get"] = [Reply(200, CONTENT, cut=300_000)]
    outcome = chat.run("download", "i", "-o", "-")

    assert outcome.status == 1
    assert outcome.err.endswith("the connection was lost in the middle of the output\n")
    assert CONTENT.startswith(outcome.out)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["no"], 1, "when calling the GetAttachment operation: no such\n"),
        (["i", "-o", "none/f"], 1, "i: No such file or directory: none/"),
        ([], 2, "the following arguments are required: ATTACHMENT_ID\n"),
        (["i", "i"], 2, "the attachment i is named twice\n"),
        (["i", "j", "-o", "none"], 2, "several attachments need a folder, and none is none\n"),
        (["i", "j", "-o", "-"], 2, "--out - takes one attachment\n"),
        (["i", "-o", "-", "--json"], 2, "--out - leaves no room for another output\n"),
    ],
)
def test_what_cannot_be_done_is_said(chat: Chat, words: list[str], status: int, said: str) -> None:
    """One line, and a status that is not 0."""
    outcome = chat.run("download", *words)

    assert outcome.status == status
    assert said in outcome.err


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ('attachment; filename="a b.txt"', "a b.txt"),
        ("attachment; filename=\"x\"; filename*=UTF-8''%C3%A9.png", "é.png"),
        ("attachment; filename*=utf-8'de'a%20b.txt; filename=\"x\"", "a b.txt"),
        ("attachment; filename*=iso-8859-1''%E9.png", "é.png"),
        ("attachment; filename*=nope''%E9.png; filename=\"x.txt\"", "x.txt"),
        ("attachment; filename=a.txt; size=3", "a.txt"),
        (r'attachment; filename="a\"b.txt"', 'a"b.txt'),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        (r"attachment; filename*=UTF-8''..%5C..%5Cboot.ini", "boot.ini"),
        ('attachment; filename=".bashrc"', "bashrc"),
        ('attachment; filename="a\x1b[2Jb.txt"', "a[2Jb.txt"),
        ("attachment; filename*=UTF-8''a%E2%80%AEgpj.exe", "agpj.exe"),
        ("attachment; filename*=UTF-8''a%00b.txt", "ab.txt"),
        ('attachment; filename=".."', None),
        ('attachment; filename=""', None),
        ("attachment", None),
        (None, None),
    ],
)
def test_a_name_from_outside_is_made_safe(value: str | None, name: str | None) -> None:
    """No path, no hidden file, no control character, no turned text; else the id is the name."""
    assert from_disposition(value) == name


@pytest.mark.parametrize("length", [1, 100, 250, 300])
def test_a_long_name_fits_the_file_system(length: int) -> None:
    """It is cut in the stem, so that the type can still be told."""
    value = f"attachment; filename*=UTF-8''{'%C3%A9' * length}.png"
    name = from_disposition(value)

    assert name is not None
    assert len(name.encode()) <= 255
    assert name.endswith(".png")


@pytest.mark.parametrize(
    "name",
    [
        "a.txt",
        "Bildschirm\N{NARROW NO-BREAK SPACE}1.png",
        "a,b.txt",
        "👩\N{ZERO WIDTH JOINER}🚀.png",
    ],
)
def test_what_our_server_writes_is_read_back(name: str) -> None:
    """Names survive the journey, joiners and unusual spaces included."""
    assert from_disposition(content_disposition(name)) == name
