"""A chat for the page: started and joined by the operations that a back end would call."""

from __future__ import annotations

import msgspec

from openparticipant.errors import ValidationException
from openparticipant.operations.contacts import create_participant, start_chat_contact
from openparticipant.ports import Policy, Ports
from openparticipant.wire import connect as wire
from openparticipant.wire.shapes import Shape

_CUSTOMER, _AGENT = "Jane", "Sam"
_CONTENT_TYPES = ["text/plain", "text/markdown"]


class _NewChat(msgspec.Struct):
    """The body of the request; there is nothing to choose."""


class StartedParticipant(Shape, frozen=True, kw_only=True):
    """What a browser needs to take part: the token is all it must keep secret."""

    participant_id: str
    participant_token: str
    participant_role: str
    display_name: str


class StartedChat(Shape, frozen=True, kw_only=True):
    """A contact with its customer and its agent, neither of them connected yet."""

    contact_id: str
    customer: StartedParticipant
    agent: StartedParticipant


_decoder = msgspec.json.Decoder(_NewChat)
_encoder = msgspec.json.Encoder()


async def start(ports: Ports, body: bytes) -> bytes:
    """Start a chat, add an agent, and return both participants' tokens as JSON.

    Raises ValidationException, or what the operations raise.
    """
    try:
        _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValidationException("The body must be a JSON object.") from None
    instance = _instance(ports.policy)
    started = await start_chat_contact(
        ports,
        wire.StartChatContactRequest(
            instance_id=instance,
            contact_flow_id="demo",
            participant_details=wire.ParticipantDetails(display_name=_CUSTOMER),
            supported_messaging_content_types=_CONTENT_TYPES,
        ),
    )
    assert started.contact_id
    joined = await create_participant(
        ports,
        wire.CreateParticipantRequest(
            instance_id=instance,
            contact_id=started.contact_id,
            participant_details=wire.ParticipantDetailsToAdd(
                participant_role="AGENT", display_name=_AGENT
            ),
        ),
    )
    assert started.participant_id
    assert started.participant_token
    assert joined.participant_id
    assert joined.participant_credentials
    assert joined.participant_credentials.participant_token
    return _encoder.encode(
        StartedChat(
            contact_id=started.contact_id,
            customer=StartedParticipant(
                participant_id=started.participant_id,
                participant_token=started.participant_token,
                participant_role="CUSTOMER",
                display_name=_CUSTOMER,
            ),
            agent=StartedParticipant(
                participant_id=joined.participant_id,
                participant_token=joined.participant_credentials.participant_token,
                participant_role="AGENT",
                display_name=_AGENT,
            ),
        )
    )


def _instance(policy: Policy) -> str:
    """Return an instance that exists, one where files may be attached if there is any."""
    if not policy.instances:
        return "demo"
    attaching = policy.instances - policy.instances_without_attachments
    return min(attaching or policy.instances)
