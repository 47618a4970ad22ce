"""The slice of the Connect control plane that starts, fills and ends a chat."""

from __future__ import annotations

import re

from openparticipant.domain.connection import IssuedToken, digest
from openparticipant.domain.contact import Participant, Role
from openparticipant.domain.message import CONTENT_TYPES, PLAIN, why_unfit, why_unwelcome
from openparticipant.errors import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceNotFoundException,
)
from openparticipant.limits import (
    ATTRIBUTES_BYTES,
    CHAT_DURATION,
    CONNECT_WINDOW,
    MINUTE,
    PARTICIPANT_TOKEN_LIFETIME,
)
from openparticipant.operations.instances import named_instance
from openparticipant.ports import InitialMessage, NewContact, NewParticipant, Ports
from openparticipant.wire import connect as wire
from openparticipant.wire.restjson import fingerprint
from openparticipant.wire.shapes import Empty
from openparticipant.wire.times import iso8601

_ATTRIBUTE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_DISPLAY_NAMES = {Role.AGENT: "Agent", Role.SUPERVISOR: "Supervisor", Role.CUSTOM_BOT: "Bot"}


async def start_chat_contact(
    ports: Ports, request: wire.StartChatContactRequest
) -> wire.StartChatContactResponse:
    """Start a contact and give its customer a participant token.

    A repeated client token returns the same ids with a token of its own.
    """
    instance = named_instance(ports.policy, request.instance_id, InvalidParameterException)
    attributes = _attributes(request.attributes or {})
    content_types = _content_types(request.supported_messaging_content_types)
    now = ports.clock.now()
    minutes = request.chat_duration_in_minutes
    token = ports.ids.token()
    contact_id, participant_id = await ports.store.start_contact(
        NewContact(
            id=ports.ids.uuid(),
            instance_id=instance,
            flow_id=request.contact_flow_id,
            attributes=attributes,
            content_types=content_types,
            disconnect_on_exit=[Role(role) for role in request.disconnect_on_customer_exit or ()],
            started_at=now,
            connect_by=now + CONNECT_WINDOW,
            ends_at=now + (minutes * MINUTE if minutes else CHAT_DURATION),
            customer=Participant(
                ports.ids.uuid(), Role.CUSTOMER, request.participant_details.display_name
            ),
            token=IssuedToken(digest(token), now + PARTICIPANT_TOKEN_LIFETIME),
            initial_message=_initial_message(ports, request.initial_message, content_types),
            client_token=request.client_token or None,
            request_digest=fingerprint(request),
        )
    )
    return wire.StartChatContactResponse(
        contact_id=contact_id, participant_id=participant_id, participant_token=token
    )


async def create_participant(
    ports: Ports, request: wire.CreateParticipantRequest
) -> wire.CreateParticipantResponse:
    """Add a bot to a contact, or an agent or supervisor.

    AWS gives agents their tokens through its desktop only; here they come through this operation.
    """
    instance = named_instance(ports.policy, request.instance_id, InvalidRequestException)
    details = request.participant_details
    role = Role(details.participant_role) if details.participant_role else None
    if role not in _DISPLAY_NAMES:
        raise InvalidRequestException("ParticipantRole must be CUSTOM_BOT, AGENT or SUPERVISOR.")
    now = ports.clock.now()
    token = ports.ids.token()
    expires_at = now + PARTICIPANT_TOKEN_LIFETIME
    participant_id = await ports.store.create_participant(
        NewParticipant(
            contact_id=request.contact_id,
            instance_id=instance,
            participant=Participant(
                ports.ids.uuid(), role, details.display_name or _DISPLAY_NAMES[role]
            ),
            token=IssuedToken(digest(token), expires_at),
            client_token=request.client_token or None,
            request_digest=fingerprint(request),
        ),
        now=now,
    )
    return wire.CreateParticipantResponse(
        participant_id=participant_id,
        participant_credentials=wire.ParticipantTokenCredentials(
            participant_token=token, expiry=iso8601(expires_at)
        ),
    )


async def stop_contact(ports: Ports, request: wire.StopContactRequest) -> Empty:
    """End a contact, in whatever state the chat is."""
    instance = named_instance(ports.policy, request.instance_id, InvalidParameterException)
    reason = request.disconnect_reason.code if request.disconnect_reason else None
    ended = await ports.store.stop_contact(
        request.contact_id, instance, reason or "API", ports.ids.uuid(), now=ports.clock.now()
    )
    ports.bus.publish(ended)
    return Empty()


async def describe_contact(
    ports: Ports, request: wire.DescribeContactRequest
) -> wire.DescribeContactResponse:
    """Tell what is known of a contact, open or ended."""
    policy = ports.policy
    instance = named_instance(policy, request.instance_id, InvalidParameterException)
    contact = await ports.store.contact(request.contact_id, instance)
    if contact is None:
        raise ResourceNotFoundException("There is no contact with this ContactId.")
    arn = f"arn:aws:connect:{policy.region}:{policy.account}:instance/{instance}"
    return wire.DescribeContactResponse(
        contact=wire.Contact(
            arn=f"{arn}/contact/{contact.id}",
            id=contact.id,
            initial_contact_id=contact.id,
            initiation_method="API",
            channel="CHAT",
            initiation_timestamp=contact.started_at / 1000,
            disconnect_timestamp=contact.ended_at / 1000 if contact.ended_at else None,
            last_update_timestamp=contact.updated_at / 1000,
            disconnect_reason=contact.disconnect_reason,
            attributes=dict(contact.attributes) or None,
        )
    )


def _attributes(attributes: dict[str, str]) -> dict[str, str]:
    for key in attributes:
        if not _ATTRIBUTE_KEY.fullmatch(key):
            raise InvalidRequestException(
                "The keys of Attributes may have letters, digits, - and _ only."
            )
    if sum(len(key.encode()) + len(value.encode()) for key, value in attributes.items()) > (
        ATTRIBUTES_BYTES
    ):
        raise InvalidRequestException(f"Attributes may have {ATTRIBUTES_BYTES} bytes in all.")
    return attributes


def _content_types(wanted: list[str] | None) -> list[str]:
    content_types = wanted or [PLAIN]
    if PLAIN not in content_types:
        raise InvalidRequestException(f"SupportedMessagingContentTypes must contain {PLAIN}.")
    for content_type in content_types:
        if content_type not in CONTENT_TYPES:
            raise InvalidRequestException(
                "SupportedMessagingContentTypes has a value that is not allowed."
            )
    return content_types


def _initial_message(
    ports: Ports, message: wire.ChatMessage | None, content_types: list[str]
) -> InitialMessage | None:
    if message is None:
        return None
    reason = why_unwelcome(message.content_type, content_types) or why_unfit(
        message.content_type, message.content
    )
    if reason is not None:
        raise InvalidRequestException(f"InitialMessage {reason}.")
    return InitialMessage(ports.ids.uuid(), message.content_type, message.content)
