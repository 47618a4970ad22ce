"""The manifest of a back-up: read as it was written, or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openparticipant.backups import layout
from openparticipant.backups.manifest import (
    FORMAT,
    NAME,
    Absent,
    File,
    Head,
    ManifestError,
    ManifestWriter,
    read_head,
    read_lines,
)

HEAD = Head(format=FORMAT, release="1.2.3", schema=5, made_at=1_700_000_000_000)
LINES: list[File | Absent] = [
    File(path="openparticipant.sqlite3", size=4096, sha256="a" * 64),
    File(path="objects/connect/i/ü", size=5, sha256="b" * 64),
    Absent(path="objects/connect/i/x", reason="removed meanwhile"),
]


def written(root: Path) -> bytes:
    """Write a manifest and return it."""
    with ManifestWriter(root, HEAD) as manifest:
        for line in LINES:
            manifest.add(line)
        manifest.finish()
    return (root / NAME).read_bytes()


def refused(root: Path, text: bytes) -> None:
    """Put another text in its place, and see it refused."""
    (root / NAME).write_bytes(text)
    with pytest.raises(ManifestError):
        [read_head(root), *read_lines(root)]


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Head and lines come back, and nothing lies beside it."""
    written(tmp_path)

    assert read_head(tmp_path) == HEAD
    assert list(read_lines(tmp_path)) == LINES
    assert [it.name for it in tmp_path.iterdir()] == [NAME]


def test_without_an_end_there_is_none(tmp_path: Path) -> None:
    """What was given up in the middle has no manifest."""
    with ManifestWriter(tmp_path, HEAD) as manifest:
        manifest.add(LINES[0])

    with pytest.raises(ManifestError, match="not a whole one"):
        read_head(tmp_path)


def test_the_number_of_files_is_compared(tmp_path: Path) -> None:
    """It stands in the last line, which no digest covers."""
    refused(tmp_path, written(tmp_path).replace(b'"files":2', b'"files":3'))


@given(data=st.data())
def test_every_change_is_found(data: st.DataObject) -> None:
    """A byte changed, taken out or put in, anywhere; a line repeated, moved or left out."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        text = written(root)
        at = data.draw(st.integers(0, len(text) - 1))
        byte = data.draw(st.binary(min_size=1, max_size=1))
        lines = text.splitlines(keepends=True)
        shuffled = b"".join(data.draw(st.lists(st.sampled_from(lines), max_size=8)))
        for changed in (
            text[:at] + byte + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[:at] + byte + text[at:],
            text[:at],
            text + byte,
            shuffled,
        ):
            if changed != text:
                refused(root, changed)


@given(st.text() | st.from_regex(r"(objects|tls)/[a-z./]{0,20}", fullmatch=True))
def test_no_path_leads_out(path: str) -> None:
    """What a manifest may name lies below the directory, whoever wrote it."""
    if layout.is_known(path):
        parts = path.split("/")
        assert "" not in parts
        assert not any(part.startswith(".") for part in parts)
        assert "\0" not in path
