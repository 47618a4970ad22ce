"""The fuzzers' targets over their seeds and a few thousand inputs of chance; `make fuzz` has time for more."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzzers.seeds import SEEDS
from tests.fuzzers.targets import TARGETS

QUICK = sorted(TARGETS.keys() - {"connection"})


def test_each_target_has_seeds() -> None:
    """A fuzzer that has to guess a signature finds nothing behind it."""
    assert SEEDS.keys() == TARGETS.keys()


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_what_is_right_is_no_finding(name: str) -> None:
    """Nor is it of another target."""
    for seeds in SEEDS.values():
        for seed in seeds[:20]:
            TARGETS[name](seed)


@pytest.mark.parametrize("name", QUICK)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_change_is_a_finding(name: str, data: st.DataObject) -> None:
    """Of one byte or a few, nor any bytes at all."""
    content = bytearray(data.draw(st.sampled_from(SEEDS[name]) | st.binary(max_size=300)))
    for _ in range(data.draw(st.integers(0, 4))):
        if content:
            place = data.draw(st.integers(0, len(content) - 1))
            content[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    TARGETS[name](bytes(content))
