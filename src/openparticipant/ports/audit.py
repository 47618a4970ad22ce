"""How the audit is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openparticipant.domain.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries; instants in epoch milliseconds, `until` is not included."""

    since: int
    until: int
    contact_id: str | None = None
    attachment_id: str | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries, the oldest first, which may be none although more follow.

    `end` is behind which place the next page begins, None where this is the last one.
    """

    entries: Sequence[AuditEntry]
    end: int | None
