"""The table of deliberate differences."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.against_aws.cases import GROUPS

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs/cli-differences.md"


def rows() -> dict[str, str]:
    """Return by name what holds each row."""
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("|")]
    found = {}
    for line in lines[2:]:
        name, *cells = (cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        assert len(cells) == 4, line
        assert re.fullmatch("`[a-z0-9-]+`", name), name
        assert name[1:-1] not in found, name
        found[name[1:-1]] = cells[-1]
    return found


def named_by_cases() -> set[str]:
    cases = (case for group in GROUPS.values() for case in group.values())
    return {case.differs.row for case in cases if case.differs is not None}


def test_every_difference_is_held_by_tests_or_cases_that_exist() -> None:
    """A difference that nothing holds is a mistake."""
    by_cases = named_by_cases()
    for name, held in rows().items():
        file = ""
        for named, test in re.findall(r"`([^`:]+)(?:::([^`]+))?`", held):
            file = file if named == "…" else named
            text = (ROOT / "tests/cli" / file).read_text()
            assert not test or f"def {test}(" in text, (name, test)
        assert file or name in by_cases, name
        assert name in by_cases or not held.endswith("cases"), name


def test_every_difference_that_a_case_names_is_in_the_table() -> None:
    """Nothing differs that users are not told of."""
    assert named_by_cases() <= rows().keys()
