"""Instants as the service writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openparticipant.wire.times import iso8601

# A busy machine is no reason to fail.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LAST = 253_402_300_799_999  # the end of the year 9999


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (1_769_854_500_172, "2026-01-31T10:15:00.172Z"),
        (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
        (LAST, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_an_instant_is_written_in_utc_with_milliseconds(at: int, written: str) -> None:
    """Always three digits and a Z: clients compare these as text."""
    assert iso8601(at) == written


@UNHURRIED
@given(at=st.integers(0, LAST))
def test_what_is_written_is_the_instant(at: int) -> None:
    """Reading it back gives the same millisecond, whatever the machine's time zone."""
    written = iso8601(at)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", written)
    assert datetime.fromisoformat(written) - epoch == timedelta(milliseconds=at)


@UNHURRIED
@given(st.lists(st.integers(0, LAST), min_size=2, max_size=2))
def test_later_instants_sort_behind_earlier_ones(instants: list[int]) -> None:
    """The order of texts is the order of time."""
    assert sorted(map(iso8601, instants)) == list(map(iso8601, sorted(instants)))
