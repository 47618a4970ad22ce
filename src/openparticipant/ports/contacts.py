"""What is said to the store, and by it, about contacts and who takes part in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openparticipant.domain.connection import IssuedToken
from openparticipant.domain.contact import Contact, Participant, Role


@dataclass(frozen=True, slots=True)
class InitialMessage:
    """What the customer says first."""

    item_id: str
    content_type: str
    content: str


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to start, with its customer.

    It ends at `connect_by` unless its customer connects before. `request_digest` tells a repeat of
    the same request from another one under the same token.
    """

    id: str
    instance_id: str
    flow_id: str
    attributes: Mapping[str, str]
    content_types: Sequence[str]
    disconnect_on_exit: Sequence[Role]
    started_at: int
    connect_by: int
    ends_at: int
    customer: Participant
    token: IssuedToken
    initial_message: InitialMessage | None
    client_token: str | None
    request_digest: bytes


@dataclass(frozen=True, slots=True)
class NewParticipant:
    """A participant to add to a contact that is already there."""

    contact_id: str
    instance_id: str
    participant: Participant
    token: IssuedToken
    client_token: str | None
    request_digest: bytes


@dataclass(frozen=True, slots=True)
class NewConnection:
    """What one CreateParticipantConnection leaves behind; each part only if it was asked for."""

    connection: IssuedToken | None
    websocket: IssuedToken | None


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """Which contacts are wanted; None takes any. `since` is the earliest start."""

    instance_id: str | None = None
    is_open: bool | None = None
    since: int = 0


@dataclass(frozen=True, slots=True)
class ContactPlace:
    """A place in the order of starts. With `seq` 0 it lies before all that started then."""

    started_at: int
    seq: int = 0


@dataclass(frozen=True, slots=True)
class ListedContact:
    """A contact as the operator finds it, with how many take part and how many items it has."""

    seq: int
    contact: Contact
    participants: int
    items: int

    @property
    def place(self) -> ContactPlace:
        """Where it stands in the order of starts."""
        return ContactPlace(self.contact.started_at, self.seq)
