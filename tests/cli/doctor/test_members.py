"""An answer of whatever form, read for what should stand in it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from openparticipant.cli.examination.members import objects_in, text_in, texts_in

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    ),
)


@given(JSON, st.lists(st.sampled_from(["a", "b"]), max_size=3))
def test_any_answer_can_be_read(answer: Any, path: list[str]) -> None:
    """What is not there as it should be is not there at all; nothing ends the examination."""
    assert isinstance(text_in(answer, *path), str)
    assert all(isinstance(it, str) for it in texts_in(answer, *path).values())
    assert all(isinstance(it, dict) for it in objects_in(answer, *path))


def test_what_is_there_is_found() -> None:
    """At its place."""
    answer = {"a": {"b": "text", "c": {"x": "1", "y": 2}, "d": [{"e": "f"}, "g"]}}
    assert text_in(answer, "a", "b") == "text"
    assert text_in(answer, "a", "c") == ""
    assert texts_in(answer, "a", "c") == {"x": "1"}
    assert objects_in(answer, "a", "d") == [{"e": "f"}]
