"""A file's name is shown to people and nothing else."""

from __future__ import annotations

import pytest

from openparticipant.testing.chat import Chat
from tests.promises.place import Place
from tests.promises.promise import promise

REFUSED = [
    "a.exe", "a.txt.exe", "a.pdf.html", "a.svg", "a.js", "a.php", "a.htaccess", ".htaccess",
    "a.txt\x00.exe", "a.exe\x00.txt", "a.txt.", "a.txt ", "a.txt\t", "a", "a.", ".txt", "txt",
    "a.EXE", "a.Php5", "a.p\u0440g", "a.\u0440df", "a.pdf\u200b", "a\u202etxt.exe", "a\u202egpj.txt",
    "a.txt/b.exe", "a.exe/", "a.exe\\a.txt", "a.txt::$DATA", "a.exe%00.txt.exe", "a.t\nxt",
    "a.txt;.exe", "a.\uff54\uff58\uff54",
]  # fmt: skip


@promise(21)
@pytest.mark.parametrize("name", REFUSED, ids=ascii)
def test_only_what_is_allowed_passes(built_in: Place, name: str) -> None:
    """The true ending decides, and what hides it is refused."""
    answer = built_in.server.start_chat().start_upload(name)
    assert (answer.status, answer.error) == (400, "ValidationException")


@promise(21)
def test_the_allowed_ending_counts_in_any_case(built_in: Place) -> None:
    """`.TXT` is text, and dots in a name are part of it."""
    chat = built_in.server.start_chat()
    for name in ("a.TXT", "a.exe.txt", "archive.tar.Txt", "..txt.txt"):
        assert chat.start_upload(name).status == 200, name


@promise(24)
@pytest.mark.parametrize(
    "name", ["../../x.txt", "/etc/x.txt", "..\\x.txt", "x\x00.txt", "\ud800.txt", "C:\\x.txt"]
)
def test_what_could_be_a_path_is_refused(built_in: Place, name: str) -> None:
    """With a sentence, and without any trace."""
    answer = built_in.server.start_chat().start_upload(name)
    assert (answer.status, answer.error) == (400, "ValidationException")


@promise(24)
def test_no_part_of_a_name_is_in_a_key(place: Place, chat: Chat) -> None:
    """Where the bytes lie is ours to say, whatever the file is called."""
    names = ["..%2F..%2Fmarker.txt", "marker:marker.txt", "\U0001f5ff" * 252 + ".txt", "CON.txt"]
    names += ["-rf marker.txt", "$(marker).txt", "~marker.txt", "marker" * 42 + ".txt"]
    for name in names:
        attachment_id = chat.attach(name)
        (key,) = place.objects_of(attachment_id)
        assert not {"marker", "CON", "\U0001f5ff", "%", "~", "$"} & {key, *key.split("/")}
        assert "marker" not in key
        assert key.isascii()
        items = chat.transcript(MaxResults=100).json["Transcript"]
        assert items[0]["Attachments"][0]["AttachmentName"] == name
    if place.bucket is None:
        outside = {it.name for it in place.server.data_dir.iterdir()}
        assert not any("marker" in it for it in outside)
