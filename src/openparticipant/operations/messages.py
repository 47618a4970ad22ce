"""SendMessage, SendEvent: what participants say, and what they tell about what was said."""

from __future__ import annotations

import msgspec

from openparticipant.domain.connection import Caller
from openparticipant.domain.message import why_unfit
from openparticipant.domain.transcript import EventType, Receipted, Typing
from openparticipant.errors import ValidationException
from openparticipant.operations.presence import join
from openparticipant.ports import NewMessage, NewReceipt, Ports
from openparticipant.wire.shapes import (
    SendEventRequest,
    SendEventResponse,
    SendMessageRequest,
    SendMessageResponse,
    Text256,
)
from openparticipant.wire.times import iso8601


class _Receipt(msgspec.Struct, rename="camel"):
    """What a receipt's `Content` holds; clients put more there, which is ignored."""

    message_id: Text256


_receipt_decoder = msgspec.json.Decoder(_Receipt)


async def send_message(
    ports: Ports, caller: Caller, request: SendMessageRequest
) -> SendMessageResponse:
    """Append a message, which everyone in the chat is told, its author too."""
    reason = why_unfit(request.content_type, request.content)
    if reason is not None:
        raise ValidationException(f"The message {reason}.")
    item = await ports.store.send(
        caller,
        NewMessage(
            item_id=ports.ids.uuid(),
            content_type=request.content_type,
            content=request.content,
            client_token=request.client_token or None,
        ),
        now=ports.clock.now(),
    )
    # A repeat is told again: listeners that know it ignore it, and one may have missed it.
    ports.bus.publish(item)
    return SendMessageResponse(id=item.id, absolute_time=iso8601(item.at))


async def send_event(ports: Ports, caller: Caller, request: SendEventRequest) -> SendEventResponse:
    """Tell that the caller types, or has got or read a message.

    Client tokens are not looked at: browser clients send the same one with every receipt.
    """
    event_id, now = ports.ids.uuid(), ports.clock.now()
    match request.content_type:
        case EventType.TYPING:
            ports.bus.publish(Typing(caller.contact_id, event_id, now, caller.participant))
        case EventType.DELIVERED | EventType.READ:
            await _acknowledge(ports, caller, request, event_id, now)
        case EventType.ACKNOWLEDGED:
            await join(ports, caller)
        case _:
            raise ValidationException("ContentType is not that of an event that can be sent.")
    return SendEventResponse(id=event_id, absolute_time=iso8601(now))


async def _acknowledge(
    ports: Ports, caller: Caller, request: SendEventRequest, event_id: str, now: int
) -> None:
    try:
        message_id = _receipt_decoder.decode(request.content or "").message_id
    except (msgspec.DecodeError, RecursionError):
        raise ValidationException(
            'Content must be JSON that names the message: {"messageId":"…"}.'
        ) from None
    is_read = request.content_type == EventType.READ
    receipt = await ports.store.acknowledge(caller, NewReceipt(message_id, is_read), now=now)
    if receipt is not None:
        ports.bus.publish(Receipted(caller.contact_id, event_id, now, message_id, receipt))
