"""How a scanner fails: without a verdict."""

from __future__ import annotations

import os
import string

from openparticipant.errors import NoVerdict

_SHOWN = frozenset(string.printable) - frozenset(string.whitespace) | {" "}
_LONGEST = 100


class Unreachable(NoVerdict):
    """The scanner is not there."""


def shown(text: bytes) -> str:
    """Return what a scanner said as a log can have it: one line, and not a long one."""
    said = "".join(char if char in _SHOWN else "?" for char in text.decode("utf-8", "replace"))
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


def words(error: Exception) -> str:
    """Say what went wrong with a connection, without where to."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.errno is not None:
        # Numbers below zero are those of looking up a name.
        return os.strerror(error.errno) if error.errno > 0 else str(error.strerror)
    return type(error).__name__
