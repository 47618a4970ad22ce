"""What is said to the store about items of a transcript."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to append; `item_id` is its own unless it repeats an earlier one."""

    item_id: str
    content_type: str
    content: str
    client_token: str | None


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """What the caller tells of somebody else's item: that it was delivered, or even read."""

    message_id: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where a transcript is to be read from, which includes the item there.

    At most one of `id`, `at` (an instant) and `most_recent` (1 is the newest item) is given; with
    none it is the newest. `forward` decides between the item at or after an instant and the one
    at or before it.
    """

    forward: bool
    id: str | None = None
    at: int | None = None
    most_recent: int | None = None
