"""NextToken: a place, good for the question that it was given for."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from openparticipant.wire import next_token

QUESTIONS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PLACES = st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=3)


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


@given(PLACES, st.integers(0, 99), st.sampled_from(string.printable + "ä"))
def test_a_changed_token_is_none(place: list[int], at: int, other: str) -> None:
    """Each of its characters counts, the last one too; so does its length."""
    token = next_token.write("question", *place)
    at %= len(token)
    changed = token[:at] + other + token[at + 1 :]

    read = next_token.read(changed, "question", len(place))
    assert read == (tuple(place) if changed == token else None)
    for other_length in (token[:at] + token[at + 1 :], token[:at] + other + token[at:]):
        assert next_token.read(other_length, "question", len(place)) is None


@given(st.text(max_size=60))
def test_what_is_made_up_is_none(text: str) -> None:
    """And raises nothing."""
    assert next_token.read(text, "question", 1) is None
