"""NextToken: a place, good for the question that it was given for."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from openparticipant.wire import next_token

QUESTIONS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PLACES = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=3)


@given(QUESTIONS, PLACES)
def test_a_token_gives_back_its_place(question: str, place: list[int]) -> None:
    """In letters that need no escape in a query but for the filling."""
    token = next_token.write(question, *place)

    assert next_token.read(token, question, len(place)) == tuple(place)
    assert token.replace("-", "").replace("_", "").rstrip("=").isalnum()


@given(QUESTIONS, QUESTIONS, PLACES)
def test_a_token_is_good_for_one_question(asked: str, other: str, place: list[int]) -> None:
    """Neither another text nor another length of places fits."""
    token = next_token.write(asked, *place)

    assert (next_token.read(token, other, len(place)) is not None) == (asked == other)
    assert next_token.read(token, asked, len(place) + 1) is None


@given(PLACES, st.data())
def test_a_changed_token_is_none(place: list[int], data: st.DataObject) -> None:
    """Wherever it was changed."""
    raw = bytearray(base64.urlsafe_b64decode(next_token.write("question", *place)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    changed = base64.urlsafe_b64encode(raw).decode()

    assert next_token.read(changed, "question", len(place)) is None


@given(st.text(max_size=60))
def test_what_is_made_up_is_none(text: str) -> None:
    """And raises nothing."""
    assert next_token.read(text, "question", 1) is None
