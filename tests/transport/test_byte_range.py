"""Ranges, as S3 serves them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openparticipant.transport.byte_range import ByteRange, Unsatisfiable, parse_range


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-9", (0, 10)),
        ("bytes=2-4", (2, 5)),
        ("bytes=5-", (5, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-30", (0, 10)),
        ("bytes=3-30", (3, 10)),
        ("Bytes=3-4", (3, 5)),
        ("bytes=0-9999999999999999999", (0, 10)),
    ],
)
def test_one_range(text: str, expected: tuple[int, int]) -> None:
    """Each form of a single range names its bytes, cut to the object."""
    assert parse_range(text, 10) == ByteRange(*expected)


@pytest.mark.parametrize(
    "text",
    ["", "bytes", "bytes=", "bytes=-", "bytes=4-2", "bytes=0-1,4-5", "items=0-1", "bytes=a-b"],
)
def test_the_whole_object_instead(text: str) -> None:
    """Several ranges, other units and what is no range are answered with the whole object."""
    assert parse_range(text, 10) is None


@pytest.mark.parametrize("text", ["bytes=10-", "bytes=10-12", "bytes=-0"])
def test_nothing_in_common(text: str) -> None:
    """A range without a byte of the object cannot be satisfied; nor can any of an empty one."""
    with pytest.raises(Unsatisfiable):
        parse_range(text, 10)
    with pytest.raises(Unsatisfiable):
        parse_range("bytes=0-", 0)


@given(text=st.text(alphabet="bytes=-,0123456789 \u0661", max_size=30), size=st.integers(0, 20))
def test_no_range_leaves_the_object(text: str, size: int) -> None:
    """Whatever is asked, what is given lies within the object and is not empty."""
    try:
        found = parse_range(text, size)
    except Unsatisfiable:
        return
    if found is not None:
        assert 0 <= found.start < found.end <= size
