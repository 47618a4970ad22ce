from __future__ import annotations

import base64
import string

from hypothesis import given
from hypothesis import strategies as st

from openparticipant.wire import next_token

CONTACT, OTHER = "5f0c2a1e-8f6d-4a0e-9a63-0f2f6f7d1b11", "5f0c2a1e-8f6d-4a0e-9a63-0f2f6f7d1b12"
ORDINALS = st.integers(1, 2**31)


def _as_token(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


@given(ordinal=ORDINALS, forward=st.booleans())
def test_token_says_what_was_written_to_its_own_contact_and_direction(
    ordinal: int, *, forward: bool
) -> None:
    """And nothing to any other."""
    token = next_token.write(CONTACT, ordinal, forward=forward)
    assert next_token.read(token, CONTACT, forward=forward) == ordinal
    assert next_token.read(token, CONTACT, forward=not forward) is None
    assert next_token.read(token, OTHER, forward=forward) is None


@given(ordinal=ORDINALS, at=st.integers(0, 99), other=st.sampled_from(string.printable + "ä"))
def test_token_with_one_character_changed_is_none(ordinal: int, at: int, other: str) -> None:
    """Each of them counts, the last one too; so does its length."""
    token = next_token.write(CONTACT, ordinal, forward=True)
    at %= len(token)
    changed = token[:at] + other + token[at + 1 :]
    read = next_token.read(changed, CONTACT, forward=True)
    assert read == (ordinal if changed == token else None)
    assert next_token.read(token[:at] + token[at + 1 :], CONTACT, forward=True) is None
    assert next_token.read(token[:at] + other + token[at:], CONTACT, forward=True) is None


@given(st.one_of(st.text(max_size=1000), st.binary(max_size=60).map(_as_token)))
def test_what_was_made_up_is_none(made_up: str) -> None:
    """Whatever it is, it is no fault either."""
    assert next_token.read(made_up, CONTACT, forward=True) is None


def test_place_that_no_transcript_has_cannot_be_named() -> None:
    """Who knows how tokens are made can still not name what a database would choke on."""
    longest = next_token.write(CONTACT, 2**32 - 1, forward=True)
    assert next_token.read(longest, CONTACT, forward=True) == 2**32 - 1
    assert len(longest) == 32
