"""A contact and the participants in it."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass

_INSTANCE = re.compile(r"[A-Za-z0-9-]{1,100}")


class Role(enum.StrEnum):
    """Who a participant is; the names are AWS's."""

    CUSTOMER = "CUSTOMER"
    AGENT = "AGENT"
    SUPERVISOR = "SUPERVISOR"
    CUSTOM_BOT = "CUSTOM_BOT"
    SYSTEM = "SYSTEM"


def instance_id(text: str) -> str | None:
    """Return the bare id of an instance given as id or ARN, or None if it is neither."""
    bare = text.rpartition("/")[2] if text.startswith("arn:") else text
    return bare if _INSTANCE.fullmatch(bare) else None


@dataclass(frozen=True, slots=True)
class Contact:
    """One chat. Times are epoch milliseconds; `ended_at` is None while it is open."""

    id: str
    instance_id: str
    flow_id: str
    attributes: Mapping[str, str]
    started_at: int
    ends_at: int
    ended_at: int | None
    disconnect_reason: str | None
    updated_at: int


@dataclass(frozen=True, slots=True)
class Participant:
    """Someone in a contact."""

    id: str
    role: Role
    display_name: str
