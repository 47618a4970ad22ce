"""Archives and pictures that would take too much of whoever opens them."""

from __future__ import annotations

import io
import stat
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openparticipant.contents.archive import judge_archive
from openparticipant.domain.contents import FaultKind
from openparticipant.limits import (
    ARCHIVE_DEPTH,
    ARCHIVE_ENTRIES,
    ARCHIVE_EXPANDED,
    MIB,
    PICTURE_PIXELS,
)
from tests.contents.judging import judged
from tests.contents.samples import gif, heic, jpeg, lying, nameless, office, png, zipped


class Counted(io.BytesIO):
    """A file that counts what is read of it."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        """Read, and count."""
        got = super().read(size)
        self.taken += len(got)
        return got


def said_of(content: bytes) -> str:
    """Return what is wrong with an archive."""
    fault = judged("a.zip", content)
    assert fault is not None
    assert fault.kind is FaultKind.ARCHIVE
    return fault.sentence


def test_entries_are_counted() -> None:
    """Ten thousand pass, one more does not."""
    names = {f"{number}": b"" for number in range(ARCHIVE_ENTRIES)}
    assert judged("a.zip", zipped(names)) is None
    assert "10000 entries" in said_of(zipped({**names, "more": b""}))


def test_a_directory_without_end_is_not_read() -> None:
    """Its size is looked at first: a million entries would be a million objects."""
    content = bytearray(zipped({"a": b"b"}))
    end = content.rindex(b"PK\5\6")
    directory = 8 * MIB
    content[end + 12 : end + 16] = directory.to_bytes(4, "little")
    padded = bytes(content[:end]) + bytes(directory) + bytes(content[end:])
    tracemalloc.start()
    try:
        assert judge_archive(io.BytesIO(padded)).fault is not None
        assert tracemalloc.get_traced_memory()[1] < 24 * MIB
    finally:
        tracemalloc.stop()


def test_what_it_would_become_is_bounded() -> None:
    """In all, and by its ratio, from what the directory says."""
    bomb = zipped({f"{number}": bytes(16 * MIB) for number in range(4)})
    assert len(bomb) < MIB
    assert "100 times" in said_of(bomb)
    small = zipped({"a": bytes(16 * MIB)})
    assert judged("a.zip", small) is None
    lying = bytearray(zipped({"a": b"b"}, packed=False))
    place = lying.index(b"PK\1\2") + 24
    lying[place : place + 4] = (ARCHIVE_EXPANDED + 1).to_bytes(4, "little")
    assert "1024 MB" in said_of(bytes(lying))


def test_a_bomb_is_judged_by_little() -> None:
    """Nobody unpacks it to see."""
    bomb = Counted(zipped({"a": bytes(64 * MIB)}))
    assert judge_archive(bomb).fault is not None
    assert bomb.taken < MIB


@pytest.mark.parametrize("says", [0, 3, 10, 40 * MIB - 1])
def test_a_directory_that_lies_is_found_out(says: int) -> None:
    """Unpackers go on to the end of an entry, whatever size stands in front of it."""
    bomb = lying(bytes(40 * MIB), says)
    assert "broken" in said_of(bomb)
    assert "broken" in said_of(zipped({"inner.zip": bomb}))


def test_what_cannot_be_unpacked_here_is_refused() -> None:
    """Others can, and nobody would have counted what comes out."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as archive:
            archive.writestr("a", bytes(MIB))
        assert "method" in said_of(file.getvalue())


def nested(depth: int, content: bytes = b"x") -> bytes:
    """Return archives in each other."""
    for _ in range(depth):
        content = zipped({"a": content})
    return content


def test_depth_is_bounded() -> None:
    """As in the archive of 42 kilobytes that becomes petabytes, whose first layers look harmless."""
    assert judged("a.zip", nested(ARCHIVE_DEPTH)) is None
    assert "deep" in said_of(nested(ARCHIVE_DEPTH + 1))
    layer = zipped({f"{n}": bytes(MIB) for n in range(16)})
    for _ in range(5):
        layer = zipped({f"lib {n}.zip": layer for n in range(16)})
    assert said_of(layer)


def test_all_that_is_nested_counts_together() -> None:
    """Many small ones are as bad as a large one."""
    inner = zipped({f"{number}": b"" for number in range(2000)})
    assert "entries" in said_of(zipped({f"{number}": inner for number in range(6)}))
    assert judged("a.docx", office("word", **{"word/embeddings/a.xlsx": office("xl")})) is None


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "C:\\x", "..\\x", "a/.."])
def test_no_entry_lands_elsewhere(name: str) -> None:
    """Whoever unpacks it might believe its name."""
    assert "outside" in said_of(zipped({name: b"x"}))


def test_links_are_refused() -> None:
    """The next entry could be written through one."""
    entry = zipfile.ZipInfo("link")
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(entry, "/etc/passwd")
        assert "symbolic link" in said_of(file.getvalue())


def test_an_entry_without_a_name_is_no_fault_of_ours() -> None:
    """The standard library's reader asks for its last letter."""
    assert "broken" in said_of(nameless())


@given(st.data())
def test_any_damage_has_an_answer(data: st.DataObject) -> None:
    """A changed byte, anywhere, never ends in a fault of ours."""
    content = bytearray(office("word", **{"word/a.zip": nested(2)}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    judged("a.docx", bytes(content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", png(50_000, 50_000)),
        ("a.png", png(2**31 - 1, 2**31 - 1)),
        ("a.jpg", jpeg(65_535, 65_535)),
        ("a.jpg", jpeg(65_535, 65_535, before=2 * MIB)),
        ("a.heic", heic(50_000, 50_000)),
        ("a.gif", gif(32_000, 32_000)),
    ],
)
def test_a_flood_of_pixels_is_refused(name: str, content: bytes) -> None:
    """By the header alone."""
    fault = judged(name, content)
    assert fault is not None
    assert fault.kind is FaultKind.PICTURE
    assert f"{PICTURE_PIXELS // 1_000_000} million" in fault.sentence


@pytest.mark.parametrize("content", [png(0, 1), jpeg(0, 0), jpeg()[:20]])
def test_a_picture_without_a_size_is_refused(content: bytes) -> None:
    """Nobody can tell what it would take."""
    fault = judged("a.png" if content.startswith(b"\x89") else "a.jpg", content)
    assert fault is not None
    assert fault.kind is FaultKind.PICTURE
