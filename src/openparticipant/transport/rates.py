"""Request rates of one node: a bucket for each one who is counted, filled again with time.

Buckets lie in memory, and no more of them than are bounded here. Where there would be more, the one
that was not used for longest goes: by then it is full again, nearly always.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from openparticipant.domain.rates import Counted, Rate
from openparticipant.errors import ThrottlingException
from openparticipant.limits import RATE_BUCKETS, SECOND

_NETWORK = 64  # bits of an IPv6 address; whoever has one has all addresses behind them


@dataclass(slots=True)
class _Bucket:
    left: float
    at: int


class Rates:
    """The rates that the operator set, and what was used of each."""

    def __init__(self, rates: Sequence[Rate], most: int = RATE_BUCKETS) -> None:
        self._rates = rates
        self._most = most
        self._buckets: OrderedDict[tuple[Rate, str], _Bucket] = OrderedDict()

    @property
    def are_set(self) -> bool:
        """Whether there are any."""
        return bool(self._rates)

    def __len__(self) -> int:
        """Return how many buckets there are."""
        return len(self._buckets)

    def take(
        self, operation: str, who: dict[Counted, str], now: int, *, is_known: bool = False
    ) -> None:
        """Count a request of `who` at `now`, or raise ThrottlingException and count nothing.

        Of one who `is_known` only their own rates count, none that they share with others.
        """
        used: list[_Bucket] = []
        for rate in self._rates:
            if rate.operations and operation not in rate.operations:
                continue
            if rate.counted not in who or (is_known and rate.counted.is_shared):
                continue
            bucket = self._filled(rate, who[rate.counted], now)
            if bucket.left < 1:
                wait = math.ceil((1 - bucket.left) / rate.per_second)
                raise ThrottlingException(
                    f"Too many requests. Try again in {wait} s.",
                    retry_after=wait,
                    reason=f"the {rate.counted} exceeds {rate.per_second:g} requests a second",
                )
            used.append(bucket)
        for bucket in used:
            bucket.left -= 1

    def _filled(self, rate: Rate, key: str, now: int) -> _Bucket:
        place = (rate, key)
        bucket = self._buckets.get(place)
        if bucket is None:
            bucket = self._buckets[place] = _Bucket(rate.burst, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
            return bucket
        self._buckets.move_to_end(place)
        passed = max(0, now - bucket.at) / SECOND
        bucket.left = min(rate.burst, bucket.left + passed * rate.per_second)
        bucket.at = now
        return bucket


def address_key(host: str) -> str:
    """Return what addresses of one client have in common."""
    address = ip_address(host)
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 128 - _NETWORK << 128 - _NETWORK))
    return host
