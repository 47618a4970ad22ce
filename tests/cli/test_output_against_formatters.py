"""Text and tables of any value, with the formatters of AWS's own command as the judges."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

from awscli import text as their_text
from awscli.formatter import TableFormatter
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openparticipant.cli.table_form import table
from openparticipant.cli.text_form import text

# What Python itself says when the formatters do not know what to do with a value.
FAILURES = (AttributeError, IndexError, KeyError, TypeError, ValueError)

WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
LETTERS = st.text("abcdefgh", min_size=1, max_size=5)
KEYS = st.sampled_from(["Id", "Url", "a", "b", "B", "é", "日本", "x-amz-acl"]) | WORDS
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=4)
        # As answers are: objects of a kind.
        | st.lists(st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_size=4)
    ),
    max_leaves=20,
)
# With none, very few, the usual, and enough columns.
COLUMNS = st.sampled_from([0, 20, 80, 500])


def text_of_theirs(value: Any) -> str:
    stream = io.StringIO()
    their_text.format_text(value, stream)
    return stream.getvalue()


def table_of_theirs(title: str, value: Any, columns: int) -> str:
    formatter = TableFormatter(SimpleNamespace(color="off", query=None))
    formatter.table._terminal_width = columns
    stream = io.StringIO()
    formatter._format_response(title, value, stream)
    return stream.getvalue()


def has_an_object_among_others(value: Any) -> bool:
    """Tell of a list that holds objects and something else."""
    if isinstance(value, dict):
        return any(map(has_an_object_among_others, value.values()))
    if not isinstance(value, list):
        return False
    kinds = [isinstance(each, dict) for each in value]
    return (any(kinds) and not all(kinds)) or any(map(has_an_object_among_others, value))


@settings(deadline=None)  # the machine may be busy
@given(VALUES)
def test_text_is_theirs(value: Any) -> None:
    """Whatever AWS's text formatter can write, ours writes the same."""
    ours = text(value)
    try:
        theirs = text_of_theirs(value)
    except FAILURES:
        return

    assert ours == theirs


@settings(deadline=None)  # the machine may be busy
@given(VALUES, COLUMNS)
def test_a_table_is_theirs(value: Any, columns: int) -> None:
    """Whatever AWS's table formatter can draw whole, ours draws the same at any width."""
    assume(isinstance(value, (dict, list)) and not has_an_object_among_others(value))
    ours = table("GetTranscript", value, columns, coloured=False)
    try:
        theirs = table_of_theirs("GetTranscript", value, columns)
    except FAILURES:
        return

    assert ours == theirs


@settings(deadline=None)  # the machine may be busy
@given(VALUES, COLUMNS)
def test_no_value_is_too_odd_for_a_form(value: Any, columns: int) -> None:
    """An answer that was paid for is shown, whatever stands beside what in it."""
    shown = (value is not None and value == 0) or bool(value)

    assert bool(table("GetTranscript", value, columns, coloured=True)) == shown
    text(value)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(LETTERS | st.lists(LETTERS) | st.dictionaries(LETTERS, LETTERS)), COLUMNS)
def test_a_mixed_list_loses_nothing(value: list[Any], columns: int) -> None:
    """AWS's formatters fail on most of these, or show an object's keys without its values."""
    drawn, written = table("T", value, columns, coloured=False), text(value)

    for each in value:
        for letters in [each] if isinstance(each, str) else list(each):
            shown = each[letters] if isinstance(each, dict) else letters
            assert shown in drawn
            assert shown in written
