"""Connections: a participant's live right to speak, bought with a token."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from openparticipant.domain.contact import Participant, Role


def digest(token: str) -> bytes:
    """Return what is stored in place of a token.

    Tokens are random and long, so one round of SHA-256 is enough, and a copy of the database
    holds nothing that could be presented.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


@dataclass(frozen=True, slots=True)
class Caller:
    """The participant behind a connection token, as of one look.

    `seq` and `contact_seq` are the store's own row keys. `refusal` says, for the log only, why
    the token no longer admits anyone; it is None while it does.
    """

    seq: int
    contact_seq: int
    contact_id: str
    instance_id: str
    participant_id: str
    role: Role
    display_name: str
    refusal: str | None

    @property
    def participant(self) -> Participant:
        """Who it is, as others see them."""
        return Participant(self.participant_id, self.role, self.display_name)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token to remember: its digest and when it ends, in epoch milliseconds."""

    digest: bytes
    expires_at: int
