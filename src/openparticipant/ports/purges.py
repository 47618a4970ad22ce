"""What is said to the store, and by it, about contacts that are removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openparticipant.domain.attachment import Attachment
from openparticipant.domain.transcript import TranscriptItem


@dataclass(frozen=True, slots=True)
class Marked:
    """Whether a contact is to be removed from now on, or was before; False: there is none.

    `ended` is the item that tells of its end, where this ended it.
    """

    is_there: bool
    ended: TranscriptItem | None = None


@dataclass(frozen=True, slots=True)
class DuePurge:
    """A contact that is to be removed, leased to whoever was told; `files` are all it has left."""

    contact_seq: int
    contact_id: str
    files: Sequence[Attachment]


class StillOpenError(Exception):
    """A contact that goes on is not removed."""
