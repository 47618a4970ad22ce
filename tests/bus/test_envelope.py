"""What travels between nodes is read by those of the same installation, and by nobody else."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openparticipant.bus.envelope import UnreadableError, seal, seal_of, unseal
from openparticipant.domain.contact import Participant, Role
from openparticipant.domain.transcript import (
    Advanced,
    AttachedFile,
    Hint,
    ItemType,
    Receipt,
    Receipted,
    TranscriptItem,
    Typing,
)
from openparticipant.testing.bus_contract import CONTACT, NOTICES, OTHER, said

KEY = b"k" * 32
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
INSTANT = st.integers(0, 2**62)
PARTICIPANT = st.builds(Participant, TEXT, st.sampled_from(Role), TEXT)
HINTS: st.SearchStrategy[Hint] = st.one_of(
    st.builds(
        TranscriptItem,
        st.just(CONTACT),
        TEXT,
        st.integers(1, 2**31),
        INSTANT,
        st.sampled_from(ItemType),
        st.none() | PARTICIPANT,
        st.none() | TEXT,
        st.none() | TEXT,
        st.none() | st.builds(AttachedFile, TEXT, TEXT, TEXT, st.booleans()),
        is_private=st.booleans(),
    ),
    st.builds(Typing, st.just(CONTACT), TEXT, INSTANT, PARTICIPANT),
    st.builds(
        Receipted,
        st.just(CONTACT),
        TEXT,
        INSTANT,
        TEXT,
        st.builds(Receipt, TEXT, st.none() | INSTANT, st.none() | INSTANT),
    ),
    st.builds(Advanced, st.just(CONTACT), st.integers(1, 2**31)),
)


def reason(envelope: bytes, *, key: bytes = KEY, contact_id: str = CONTACT) -> str:
    """Return why an envelope is not read."""
    with pytest.raises(UnreadableError) as unreadable:
        unseal(key, contact_id, envelope)
    return unreadable.value.reason


@given(HINTS, st.none() | TEXT)
def test_what_was_sealed_comes_out(hint: Hint, trace: str | None) -> None:
    """Whatever it is, with the trace that it belongs to."""
    assert unseal(KEY, CONTACT, seal(KEY, hint, trace)) == (hint, trace)


@given(st.binary(max_size=200))
@example(b"")
@example(b"OP")
@example(b"OP\x01")
@example(b"OP\x01" + bytes(16))
def test_what_nobody_sealed_is_foreign(noise: bytes) -> None:
    """Noise is told apart, however it begins."""
    assert reason(noise) in {"foreign", "version"}


@given(st.integers(3, len(seal(KEY, said(1))) - 1), st.integers(1, 255))
def test_a_changed_byte_is_seen(place: int, change: int) -> None:
    """Nobody changes a word on the way."""
    envelope = bytearray(seal(KEY, said(1)))
    envelope[place] ^= change

    assert reason(bytes(envelope)) == "foreign"


def test_another_installation_is_not_heard() -> None:
    """Two that share a NATS do not hear each other, nor does a stranger get a word in."""
    assert reason(seal(b"other", said(1))) == "foreign"


def test_a_notice_is_for_its_contact() -> None:
    """What was said in one chat cannot be brought into another."""
    assert reason(seal(KEY, said(1)), contact_id=OTHER) == "foreign"


def test_another_version_is_skipped() -> None:
    """The release after this one may write what this one cannot read."""
    envelope = seal(KEY, said(1))

    assert reason(envelope[:2] + b"\x02" + envelope[3:]) == "version"


@pytest.mark.parametrize("notice", NOTICES)
def test_fields_of_the_next_release_are_passed_over(
    notice: Hint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a later release adds at the end keeps nobody from reading the rest."""
    plain = msgspec.msgpack.Encoder().encode

    def longer(value: object) -> bytes:
        content, *rest = msgspec.msgpack.decode(plain(value))
        return plain([[*content, "new"], *(rest or [None]), "new"])

    # A later release is this one with another encoder.
    monkeypatch.setattr("openparticipant.bus.envelope._encode", longer)
    envelope = seal(KEY, notice)

    assert unseal(KEY, CONTACT, envelope) == (notice, None)


def test_a_kind_of_the_next_release_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is sealed by one of us and says what this release does not know."""
    plain = msgspec.msgpack.Encoder().encode
    monkeypatch.setattr(
        "openparticipant.bus.envelope._encode", lambda _: plain([["reaction", "id", 1]])
    )

    assert reason(seal(KEY, said(1))) == "version"


def test_a_seal_names_what_it_seals() -> None:
    """The same notice twice has one name, another one has another."""
    first, again, other = seal(KEY, said(1)), seal(KEY, said(1)), seal(KEY, said(2))

    assert seal_of(first) == seal_of(again) != seal_of(other)
    assert seal_of(seal(KEY, replace(said(1), content="x"))) != seal_of(first)
