"""What became of each promise in one run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.promises.page import Promise


class Report:
    """A plugin of pytest that gathers outcomes by the promise that a test shows."""

    def __init__(self, promises: Sequence[Promise]) -> None:
        self._promises = promises
        self._shows: dict[str, tuple[int, ...]] = {}
        self._passed: dict[int, int] = {}
        self._failed: dict[int, list[str]] = {}

    @property
    def holds(self) -> bool:
        """Whether no test failed, and each promise that has tests was shown by one."""
        due = {promise.number for promise in self._promises if promise.tests}
        return not self._failed and due <= self._passed.keys()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note who shows what."""
        for item in items:
            numbers = [n for marker in item.iter_markers("promise") for n in marker.args]
            self._shows[item.nodeid] = tuple(numbers)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note an outcome; what was skipped has shown nothing."""
        for number in self._shows.get(report.nodeid, ()):
            if report.failed:
                self._failed.setdefault(number, []).append(report.nodeid)
            elif report.passed and report.when == "call":
                self._passed[number] = self._passed.get(number, 0) + 1

    def table(self) -> str:
        """Return one line for each promise."""
        return "\n".join(["", *(self._line(promise) for promise in self._promises)])

    def _line(self, promise: Promise) -> str:
        number = promise.number
        if failed := self._failed.get(number):
            state, why = "RED", "; ".join(sorted(set(failed)))
        elif passed := self._passed.get(number):
            state, why = "green", f"{passed} {'run' if passed == 1 else 'runs'}"
        elif promise.tests:
            state, why = "NOT RUN", "its tests were left out or skipped"
        else:
            state, why = "open", promise.shown
        return f"{number:3} {state:7} {promise.words} ({why})"
