"""CreateParticipantConnection, DisconnectParticipant."""

from __future__ import annotations

from openparticipant.domain.connection import Caller, IssuedToken, digest
from openparticipant.errors import ValidationException
from openparticipant.limits import (
    CONNECTION_LIFETIME,
    WEBSOCKET_LIFETIME,
    WEBSOCKET_URL_LIFETIME,
)
from openparticipant.operations.presence import join
from openparticipant.ports import NewConnection, Ports
from openparticipant.wire.shapes import (
    ConnectionCredentials,
    CreateParticipantConnectionRequest,
    CreateParticipantConnectionResponse,
    DisconnectParticipantRequest,
    Empty,
    Websocket,
)
from openparticipant.wire.times import iso8601


async def create_participant_connection(
    ports: Ports, caller: Caller, request: CreateParticipantConnectionRequest
) -> CreateParticipantConnectionResponse:
    """Give a participant the right to speak (a connection token), to listen (a URL), or both.

    Earlier connections stay: a browser opens its next socket before it closes the last.
    """
    wanted = request.type or ()
    if not wanted and not request.connect_participant:
        raise ValidationException("Type is required unless ConnectParticipant is true.")
    if "WEBRTC_CONNECTION" in wanted:
        raise ValidationException(
            "Type WEBRTC_CONNECTION is for voice; this service has only chat."
        )
    now = ports.clock.now()
    connection_token = ports.ids.token() if "CONNECTION_CREDENTIALS" in wanted else None
    websocket_token = ports.ids.token() if "WEBSOCKET" in wanted else None
    await ports.store.connect(
        caller,
        NewConnection(
            connection=_issue(connection_token, now + CONNECTION_LIFETIME),
            websocket=_issue(websocket_token, now + WEBSOCKET_URL_LIFETIME),
        ),
        now=now,
    )
    if request.connect_participant:
        await join(ports, caller)
    return CreateParticipantConnectionResponse(
        websocket=_websocket(ports.policy.public_url, websocket_token, now),
        connection_credentials=_credentials(connection_token, now),
    )


def _issue(token: str | None, expires_at: int) -> IssuedToken | None:
    return IssuedToken(digest(token), expires_at) if token is not None else None


def _websocket(public_url: str, token: str | None, now: int) -> Websocket | None:
    """Return the socket's address; browser clients take `wss://…` and `ws://127.0.0.1:…` only."""
    if token is None:
        return None
    origin = f"ws{public_url.removeprefix('http')}"
    return Websocket(
        url=f"{origin}/participant/websocket?AuthToken={token}",
        connection_expiry=iso8601(now + WEBSOCKET_LIFETIME),
    )


def _credentials(token: str | None, now: int) -> ConnectionCredentials | None:
    if token is None:
        return None
    return ConnectionCredentials(connection_token=token, expiry=iso8601(now + CONNECTION_LIFETIME))


async def disconnect_participant(
    ports: Ports, caller: Caller, request: DisconnectParticipantRequest
) -> Empty:
    """End the caller's participation; the customer's ends the contact and every token in it."""
    del request
    left = await ports.store.disconnect(caller, ports.ids.uuid(), now=ports.clock.now())
    for item in left:
        ports.bus.publish(item)
    return Empty()
