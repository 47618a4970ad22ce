"""What is counted several times a request, at a price that the hot path can pay.

prometheus_client's own counters and histograms may be used from many threads and take a microsecond
or more each time. These belong to one thread, the event loop's, and take a tenth of that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector


class Counts(Collector):
    """A counter with two labels."""

    def __init__(self, name: str, help_: str, labels: tuple[str, str]) -> None:
        self._name = name
        self._help = help_
        self._labels = labels
        self._counts: defaultdict[tuple[str, int], int] = defaultdict(int)

    def count(self, one: str, other: int) -> None:
        """Count one more."""
        self._counts[one, other] += 1

    def collect(self) -> Iterator[Metric]:
        """Return all counters, for the registry."""
        family = CounterMetricFamily(self._name, self._help, labels=self._labels)
        for (one, other), count in self._counts.items():
            family.add_metric([one, str(other)], count)
        yield family


class Histograms(Collector):
    """A histogram with one label."""

    def __init__(self, name: str, help_: str, label: str, bounds: tuple[float, ...]) -> None:
        self._name = name
        self._help = help_
        self._label = label
        self._bounds = bounds
        self._counts: dict[str, list[int]] = {}
        self._sums: dict[str, list[float]] = {}
        self._counters: dict[str, Callable[[float], None]] = {}

    def count(self, value: str, amount: float) -> None:
        """Count an amount under a value of the label."""
        counter = self._counters.get(value) or self.counter(value)
        counter(amount)

    def counter(self, value: str) -> Callable[[float], None]:
        """Return what counts an amount under a value of the label."""
        bounds = self._bounds
        counts = self._counts.setdefault(value, [0] * (len(bounds) + 1))
        total = self._sums.setdefault(value, [0.0])

        def count(amount: float) -> None:
            counts[bisect_left(bounds, amount)] += 1
            total[0] += amount

        return self._counters.setdefault(value, count)

    def collect(self) -> Iterator[Metric]:
        """Return all histograms, for the registry."""
        family = HistogramMetricFamily(self._name, self._help, labels=[self._label])
        bounds = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        for value, counts in self._counts.items():
            passed, buckets = 0, []
            for bound, count in zip(bounds, counts, strict=True):
                passed += count
                buckets.append((bound, passed))
            family.add_metric([value], buckets, self._sums[value][0])
        yield family
