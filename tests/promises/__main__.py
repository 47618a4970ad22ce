"""`python -m tests.promises`: run the suite, then print what became of each promise."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.promises.page import promises
from tests.promises.report import Report

if __name__ == "__main__":
    report = Report(promises())
    status = pytest.main([str(Path(__file__).parent), "-q", *sys.argv[1:]], plugins=[report])
    print(report.table())
    sys.exit(status or not report.holds)
