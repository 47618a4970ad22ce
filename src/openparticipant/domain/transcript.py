"""The transcript: all items of a contact, in order, and what is said beside it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from openparticipant.domain.contact import Participant


class ItemType(enum.StrEnum):
    """What kind of entry an item is; the names are AWS's."""

    MESSAGE = "MESSAGE"
    ATTACHMENT = "ATTACHMENT"
    EVENT = "EVENT"


class EventType(enum.StrEnum):
    """What an event tells, by its content type; the names are AWS's."""

    ACKNOWLEDGED = "application/vnd.amazonaws.connect.event.connection.acknowledged"
    DELIVERED = "application/vnd.amazonaws.connect.event.message.delivered"
    ENDED = "application/vnd.amazonaws.connect.event.chat.ended"
    JOINED = "application/vnd.amazonaws.connect.event.participant.joined"
    LEFT = "application/vnd.amazonaws.connect.event.participant.left"
    METADATA = "application/vnd.amazonaws.connect.event.message.metadata"
    READ = "application/vnd.amazonaws.connect.event.message.read"
    TYPING = "application/vnd.amazonaws.connect.event.typing"


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """What an ATTACHMENT item says of its file."""

    id: str
    name: str
    content_type: str
    is_rejected: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one participant has told of an item; instants, or None for what was not told."""

    recipient_id: str
    delivered_at: int | None
    read_at: int | None


@dataclass(frozen=True, slots=True)
class TranscriptItem:
    """One entry. Ordinals of a contact start at 1 and have no gaps; `at` grows with them.

    The end of a chat has no author. What is private is told to its author alone; all others step
    over its ordinal.
    """

    contact_id: str
    id: str
    ordinal: int
    at: int
    type: ItemType
    author: Participant | None
    content_type: str | None = None
    content: str | None = None
    attachment: AttachedFile | None = None
    receipts: tuple[Receipt, ...] = ()
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody is typing; told to whoever listens, and forgotten."""

    contact_id: str
    id: str
    at: int
    author: Participant


@dataclass(frozen=True, slots=True)
class Receipted:
    """Somebody got or read an item; told to whoever listens, and kept with the item."""

    contact_id: str
    id: str
    at: int
    message_id: str
    receipt: Receipt


Notice = TranscriptItem | Typing | Receipted
"""What the listeners of a contact are told."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """A transcript has come to an ordinal; what was said there is to be read in the store."""

    contact_id: str
    ordinal: int


Hint = Notice | Advanced
"""What a bus brings: the thing itself, or that there is something to look for."""
