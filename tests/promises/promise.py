"""Which promises a test shows, by their numbers on docs/promises.md."""

from __future__ import annotations

import pytest


def promise(*numbers: int) -> pytest.MarkDecorator:
    """Mark a test."""
    return pytest.mark.promise(*numbers)
