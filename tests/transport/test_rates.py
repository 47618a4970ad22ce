"""Buckets of requests, on a clock that the test sets."""

from __future__ import annotations

import pytest

from openparticipant.domain.rates import OF_AWS, Counted, Rate
from openparticipant.errors import ThrottlingException
from openparticipant.transport.rates import Rates, address_key


def taken(rates: Rates, now: int, count: int, **who: str) -> int:
    """Make requests until one is refused; return how many were not."""
    named = {Counted(name): key for name, key in who.items()}
    for number in range(count):
        try:
            rates.take("SendMessage", named, now)
        except ThrottlingException:
            return number
    return count


def test_a_burst_and_then_so_many_a_second() -> None:
    """Time fills the bucket again, up to the burst and never beyond; each one has its own."""
    rates = Rates([Rate(Counted.PARTICIPANT, 2, 5)])
    assert taken(rates, 0, 9, participant="a") == 5
    assert taken(rates, 499, 9, participant="a") == 0
    assert taken(rates, 500, 9, participant="a") == 1
    assert taken(rates, 1_000_000, 9, participant="a") == 5
    assert taken(rates, 0, 9, participant="a") == 0  # a clock that went back gives nothing
    assert taken(rates, 0, 9, participant="b") == 5


@pytest.mark.parametrize(("per_second", "hint"), [(0.1, 10), (4, 1), (1, 1)])
def test_the_hint_is_when_there_is_room_again(per_second: float, hint: int) -> None:
    """In whole seconds, rounded up, so that who heeds it is not refused."""
    rates = Rates([Rate(Counted.TOKEN, per_second, 1)])
    rates.take("SendMessage", {Counted.TOKEN: "t"}, 0)
    with pytest.raises(ThrottlingException) as refused:
        rates.take("SendMessage", {Counted.TOKEN: "t"}, 0)
    assert refused.value.retry_after == hint
    rates.take("SendMessage", {Counted.TOKEN: "t"}, hint * 1000)


def test_a_refused_request_uses_nothing_up() -> None:
    """Where one rate refuses, the others do not count it."""
    rates = Rates([Rate(Counted.INSTANCE, 1, 2), Rate(Counted.PARTICIPANT, 1, 1)])
    assert taken(rates, 0, 9, instance="i", participant="a") == 1
    assert taken(rates, 0, 9, instance="i", participant="a") == 0
    assert taken(rates, 0, 9, instance="i", participant="b") == 1


def test_who_is_known_shares_no_rate() -> None:
    """A room full of people who come back is not turned away; one who hammers is."""
    rates = Rates([Rate(Counted.INSTANCE, 1, 1), Rate(Counted.PARTICIPANT, 1, 2)])
    for person in range(9):
        who = {Counted.INSTANCE: "i", Counted.PARTICIPANT: str(person)}
        rates.take("CreateParticipantConnection", who, 0, is_known=True)
        rates.take("CreateParticipantConnection", who, 0, is_known=True)
        with pytest.raises(ThrottlingException):
            rates.take("CreateParticipantConnection", who, 0, is_known=True)


def test_aws_counts_messages_and_events_together() -> None:
    """Each other operation has its own rate, and those that are not listed none."""
    rates = Rates(OF_AWS)
    who = {Counted.INSTANCE: "i"}
    for number in range(15):
        rates.take("SendEvent" if number % 2 else "SendMessage", who, 0)
    with pytest.raises(ThrottlingException):
        rates.take("SendEvent", who, 0)
    rates.take("GetTranscript", who, 0)
    for _ in range(99):
        rates.take("DescribeView", who, 0)


def test_buckets_are_bounded() -> None:
    """The one that was not used for longest goes; those in use stay."""
    rates = Rates([Rate(Counted.ADDRESS, 1, 1)], most=3)
    assert taken(rates, 0, 1, address="kept") == 1
    for number in range(1000):
        taken(rates, 0, 1, address=f"{number}")
        assert taken(rates, 0, 1, address="kept") == 0
    assert len(rates) == 3


def test_addresses_of_one_client_are_one() -> None:
    """A network of IPv6 has as many as anybody likes."""
    assert address_key("2001:db8:1:2::3") == address_key("2001:db8:1:2:ffff::4")
    assert address_key("2001:db8:1:2::3") != address_key("2001:db8:1:3::3")
    assert address_key("192.0.2.1") != address_key("192.0.2.2")
