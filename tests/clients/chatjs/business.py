"""A business with a chat: its back end starts it by boto3, its people open the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import boto3
from playwright.sync_api import BrowserContext

from tests.clients.chatjs.seat import REGION, Seat
from tests.clients.chromium import Chromium
from tests.crash.rounds import control_key

_INSTANCE = "instance"


class AnyServer(Protocol):
    """A server in this process or another."""

    data_dir: Path

    @property
    def url(self) -> str:
        """Where it listens."""
        ...


@dataclass(frozen=True, slots=True)
class Contact:
    """One chat, as the back end knows it; `customer` is what its page is given."""

    connect: Any
    endpoint: str
    id: str
    customer: Mapping[str, str]

    def agent(self) -> Mapping[str, str]:
        """Add an agent; return what their page is given."""
        answer = self.connect.create_participant(
            InstanceId=_INSTANCE,
            ContactId=self.id,
            ParticipantDetails={"ParticipantRole": "AGENT", "DisplayName": "Agent"},
        )
        token = answer["ParticipantCredentials"]["ParticipantToken"]
        return _details(self.id, answer["ParticipantId"], token)

    def stop(self) -> None:
        """End the chat, as a supervisor would."""
        self.connect.stop_contact(InstanceId=_INSTANCE, ContactId=self.id)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A chat in which both are connected."""

    contact: Contact
    customer: Seat
    agent: Seat


@dataclass(frozen=True, slots=True)
class Business:
    """Whoever has put chatjs on `site`."""

    browser: Chromium
    site: str
    session: Any = field(default_factory=boto3.session.Session)

    @contextmanager
    def contact(self, server: AnyServer, endpoint: str = "") -> Iterator[Contact]:
        """Start a chat; clients reach the server by `endpoint` where that is another URL."""
        key, authority = control_key(server.data_dir), server.data_dir / "tls" / "ca.pem"
        with closing(
            self.session.client(
                "connect",
                endpoint_url=server.url,
                region_name=REGION,
                aws_access_key_id=key.access_key_id,
                aws_secret_access_key=key.secret_access_key,
                verify=str(authority) if authority.exists() else None,
            )
        ) as connect:
            started = connect.start_chat_contact(
                InstanceId=_INSTANCE,
                ContactFlowId="flow",
                ParticipantDetails={"DisplayName": "Customer"},
            )
            id_, token = started["ContactId"], started["ParticipantToken"]
            customer = _details(id_, started["ParticipantId"], token)
            yield Contact(connect, endpoint or server.url, id_, customer)

    @contextmanager
    def person(self) -> Iterator[BrowserContext]:
        """Lend a browser that nobody has used before and that trusts the server's authority."""
        with self.browser.new_context(ignore_https_errors=True) as context:
            yield context

    @contextmanager
    def meeting(self, server: AnyServer, endpoint: str = "") -> Iterator[Meeting]:
        """Start a chat and bring its customer and an agent together."""
        with (
            self.contact(server, endpoint) as contact,
            self.person() as one,
            self.person() as other,
        ):
            customer = self.seat(one, contact, "CUSTOMER", contact.customer)
            agent = self.seat(other, contact, "AGENT", contact.agent())
            yield Meeting(contact, customer, agent)
            assert customer.hosts | agent.hosts == {"127.0.0.1"}

    def seat(
        self, context: BrowserContext, contact: Contact, role: str, details: Mapping[str, str]
    ) -> Seat:
        """Open the page and connect."""
        seat = Seat(context.new_page(), role)
        seat.enter(self.site, contact.endpoint, details)
        return seat


def _details(contact_id: str, participant_id: str, token: str) -> Mapping[str, str]:
    return {"contactId": contact_id, "participantId": participant_id, "participantToken": token}
