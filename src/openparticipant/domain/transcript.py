"""The transcript: all items of a contact, in order."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from openparticipant.domain.contact import Participant


class ItemType(enum.StrEnum):
    """What kind of entry an item is; the names are AWS's."""

    MESSAGE = "MESSAGE"
    ATTACHMENT = "ATTACHMENT"


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """What an ATTACHMENT item says of its file."""

    id: str
    name: str
    content_type: str


@dataclass(frozen=True, slots=True)
class TranscriptItem:
    """One entry. Ordinals of a contact start at 1 and have no gaps; `at` grows with them."""

    id: str
    ordinal: int
    at: int
    type: ItemType
    author: Participant
    content_type: str | None = None
    content: str | None = None
    attachment: AttachedFile | None = None
