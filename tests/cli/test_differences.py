"""The table of deliberate differences."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs/cli-differences.md"


def rows() -> list[str]:
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("|")]
    return lines[2:]


def test_every_difference_names_tests_that_exist() -> None:
    """A difference that nothing holds is a mistake."""
    for row in rows():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        assert len(cells) == 4, row
        file = ""
        for name in re.findall(r"`([^`]+)`", cells[3]):
            named, _, test = name.partition("::")
            file = file if named == "…" else named
            text = (ROOT / "tests/cli" / file).read_text()
            assert not test or f"def {test}(" in text, name
        assert file, row
