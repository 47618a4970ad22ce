"""docs/promises.md, read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ROW = re.compile(r"\| (\d+) \| (.+?) \| (.+?) \|")
_TEST = re.compile(r"`(tests/promises/test_\w+\.py::test_\w+)`")


@dataclass(frozen=True, slots=True)
class Promise:
    """One row: its number, its words, and what shows it; without a test, why there is none."""

    number: int
    words: str
    shown: str

    @property
    def tests(self) -> frozenset[str]:
        """The tests that the row names."""
        return frozenset(_TEST.findall(self.shown))


def promises() -> list[Promise]:
    """Return the rows of the page, in its order."""
    text = (ROOT / "docs/promises.md").read_text("utf-8")
    return [Promise(int(number), words, shown) for number, words, shown in _ROW.findall(text)]
