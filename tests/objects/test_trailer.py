"""The end of an object's file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openparticipant.errors import Unavailable
from openparticipant.objects.trailer import Trailer, read_trailer

BODY = b"bytes" * 100


def trailer(**changed: str | int) -> Trailer:
    facts: dict[str, str | int] = {
        "version": "v",
        "size": len(BODY),
        "sha256": "0" * 64,
        "content_type": "text/plain",
        "content_disposition": "attachment",
        "stored_at": 1,
    }
    return Trailer(**{**facts, **changed})  # type: ignore[arg-type]


def read(path: Path, content: bytes) -> Trailer:
    path.write_bytes(content)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return read_trailer(descriptor)
    finally:
        os.close(descriptor)


@given(name=st.text(max_size=200), size=st.integers(0, 3))
@example(name="n" * 10_000, size=3)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, name: str, size: int
) -> None:
    """A description of any length comes back, also when the object's bytes look like one."""
    written = trailer(content_disposition=name.encode("utf-8", "replace").decode(), size=size)
    body = trailer().encode()[-size:] if size else b""
    path = tmp_path_factory.getbasetemp() / "object"
    assert read(path, body + written.encode()) == written


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[:0],
        lambda whole: whole[:-1],
        lambda whole: whole[: len(BODY)],
        lambda whole: whole[1:],
        lambda whole: b"x" + whole,
        lambda whole: whole + whole[-12:],
        lambda whole: whole.replace(b'"size":500', b'"size":"ab'),
        lambda whole: whole[:-12] + b"\xff\xff\xff\xff" + whole[-8:],
    ],
    ids=["empty", "cut", "no end", "shorter", "longer", "two ends", "no number", "no length"],
)
def test_damage_is_told(damage: object, tmp_path: Path) -> None:
    """A file that is not a whole object is never served as one."""
    assert callable(damage)
    with pytest.raises(Unavailable, match="damaged"):
        read(tmp_path / "object", damage(BODY + trailer().encode()))
