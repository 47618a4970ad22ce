"""What is wrong with a file's bytes, and what an operator wants done about it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class FaultKind(enum.StrEnum):
    """Why bytes are refused."""

    TYPE = "type"
    ACTIVE = "active"
    ARCHIVE = "archive"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class ContentFault:
    """One reason, with a sentence for the person who sent the file."""

    kind: FaultKind
    sentence: str


class CheckMode(enum.StrEnum):
    """What becomes of a file with a fault: it is refused, or passes with a warning; or nobody looks."""

    ENFORCE = "enforce"
    WARN = "warn"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class ContentChecks:
    """How each instance is checked: as the others are, unless it has a mode of its own."""

    others: CheckMode
    own: Mapping[str, CheckMode]

    def of(self, instance_id: str) -> CheckMode:
        """Return the mode of an instance."""
        return self.own.get(instance_id, self.others)
