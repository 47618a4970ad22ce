"""What a test needs beside Python: absent, it is skipped with a reason, or fails where all is due."""

from __future__ import annotations

import os

import pytest


def require(found: object, what: str) -> None:
    """Skip the test unless `found`; with OPENPARTICIPANT_REQUIRE=all, fail it."""
    if found:
        return
    if os.environ.get("OPENPARTICIPANT_REQUIRE") == "all":
        pytest.fail(f"{what} is required and not there", pytrace=False)
    pytest.skip(f"{what} is not there")
