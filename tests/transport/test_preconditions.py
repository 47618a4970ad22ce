"""Conditions on a read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openparticipant.transport.preconditions import Outcome, http_date, judge, range_applies

TAG = '"abc"'
AT = 1_769_860_800_999
NOW = http_date(AT)
BEFORE = http_date(AT - 1000)
AFTER = http_date(AT + 1000)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Outcome.PROCEED),
        ({b"if-match": TAG}, Outcome.PROCEED),
        ({b"if-match": '"x", "abc"'}, Outcome.PROCEED),
        ({b"if-match": "*"}, Outcome.PROCEED),
        ({b"if-match": '"x"'}, Outcome.FAILED),
        ({b"if-match": TAG, b"if-unmodified-since": BEFORE}, Outcome.PROCEED),
        ({b"if-unmodified-since": BEFORE}, Outcome.FAILED),
        ({b"if-unmodified-since": NOW}, Outcome.PROCEED),
        ({b"if-none-match": TAG}, Outcome.NOT_MODIFIED),
        ({b"if-none-match": f"W/{TAG}"}, Outcome.NOT_MODIFIED),
        ({b"if-none-match": "*"}, Outcome.NOT_MODIFIED),
        ({b"if-none-match": '"x"', b"if-modified-since": AFTER}, Outcome.PROCEED),
        ({b"if-modified-since": NOW}, Outcome.NOT_MODIFIED),
        ({b"if-modified-since": BEFORE}, Outcome.PROCEED),
        ({b"if-modified-since": "yesterday"}, Outcome.PROCEED),
        ({b"if-match": '"x"', b"if-none-match": TAG}, Outcome.FAILED),
    ],
)
def test_conditions(headers: dict[bytes, str], expected: Outcome) -> None:
    """Each condition is judged as HTTP says, and the stronger one of a pair decides."""
    assert judge(headers, TAG, AT) is expected


@pytest.mark.parametrize(
    ("condition", "applies"),
    [(None, True), (TAG, True), ('"x"', False), (NOW, True), (BEFORE, False), (AFTER, False)],
)
def test_a_range_of_the_same_object(condition: str | None, applies: bool) -> None:  # noqa: FBT001
    """A client that continues a download gets the rest only of the object that it began."""
    headers = {} if condition is None else {b"if-range": condition}
    assert range_applies(headers, TAG, AT) is applies


@given(st.text(max_size=60) | st.from_regex(r"\A\w{3}, \d+ \w{3} \d+ \d+:\d+:\d+ [+\w]+\Z"))
def test_any_date_is_read_or_passed_over(text: str) -> None:
    """A date of whatever form is no fault of ours."""
    for name in (b"if-modified-since", b"if-unmodified-since", b"if-range"):
        assert judge({name: text}, TAG, AT) in Outcome
        assert range_applies({name: text}, TAG, AT) in {True, False}
