"""The structures of the participant service, as they go over the line.

Source of every name, bound and enum: AWS's service model `connectparticipant` 2018-09-07.
`tests/wire/test_service_matches_the_model.py` compares the two member by member.
The bearer travels in a header and is therefore no member here; a path member is.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

INT64_MAX = 2**63 - 1


class Shape(Struct, rename="pascal", omit_defaults=True, frozen=True, kw_only=True):
    """A structure of the service model; absent members are None and stay off the line."""


Text256 = Annotated[str, Meta(min_length=1, max_length=256)]
Instant = Annotated[str, Meta(min_length=1, max_length=100)]
ContentType = Annotated[str, Meta(min_length=1, max_length=100)]
Content = Annotated[str, Meta(min_length=1, max_length=16384)]
NextToken = Annotated[str, Meta(min_length=1, max_length=1000)]
LongUrl = Annotated[str, Meta(min_length=1, max_length=2000)]
SessionId = Annotated[str, Meta(min_length=36, max_length=36)]
ClientToken = Annotated[str, Meta(max_length=500)]
RequiredClientToken = Annotated[str, Meta(min_length=1, max_length=500)]
ConnectionType = Literal["WEBSOCKET", "CONNECTION_CREDENTIALS", "WEBRTC_CONNECTION"]
ParticipantRole = Literal["AGENT", "CUSTOMER", "SYSTEM", "CUSTOM_BOT", "SUPERVISOR"]
ArtifactStatus = Literal["APPROVED", "REJECTED", "IN_PROGRESS"]
ProcessingStatus = Literal["PROCESSING", "FAILED", "REJECTED"]
ItemType = Literal[
    "TYPING",
    "PARTICIPANT_JOINED",
    "PARTICIPANT_LEFT",
    "CHAT_ENDED",
    "TRANSFER_SUCCEEDED",
    "TRANSFER_FAILED",
    "MESSAGE",
    "EVENT",
    "ATTACHMENT",
    "CONNECTION_ACK",
    "MESSAGE_DELIVERED",
    "MESSAGE_READ",
]


class Empty(Shape, frozen=True, kw_only=True):
    """A response without members."""


class CancelParticipantAuthenticationRequest(Shape, frozen=True, kw_only=True):
    session_id: SessionId


class CompleteAttachmentUploadRequest(Shape, frozen=True, kw_only=True):
    attachment_ids: Annotated[list[Text256], Meta(min_length=1, max_length=1)]
    client_token: RequiredClientToken | None = None


class CreateParticipantConnectionRequest(Shape, frozen=True, kw_only=True):
    type: Annotated[list[ConnectionType], Meta(min_length=1)] | None = None
    connect_participant: bool | None = None


class Websocket(Shape, frozen=True, kw_only=True):
    url: LongUrl | None = None
    connection_expiry: str | None = None


class ConnectionCredentials(Shape, frozen=True, kw_only=True):
    connection_token: Annotated[str, Meta(min_length=1, max_length=1000)] | None = None
    expiry: str | None = None


class Attendee(Shape, frozen=True, kw_only=True):
    attendee_id: str | None = None
    join_token: str | None = None


class MediaPlacement(Shape, frozen=True, kw_only=True):
    audio_host_url: LongUrl | None = None
    audio_fallback_url: LongUrl | None = None
    signaling_url: LongUrl | None = None
    event_ingestion_url: LongUrl | None = None


class AudioFeatures(Shape, frozen=True, kw_only=True):
    echo_reduction: Literal["AVAILABLE", "UNAVAILABLE"] | None = None


class MeetingFeatures(Shape, frozen=True, kw_only=True):
    audio: AudioFeatures | None = None


class Meeting(Shape, frozen=True, kw_only=True):
    media_placement: MediaPlacement | None = None
    meeting_features: MeetingFeatures | None = None
    meeting_id: str | None = None


class WebRTCConnection(Shape, frozen=True, kw_only=True):
    attendee: Attendee | None = None
    meeting: Meeting | None = None


class CreateParticipantConnectionResponse(Shape, frozen=True, kw_only=True):
    websocket: Websocket | None = None
    connection_credentials: ConnectionCredentials | None = None
    web_rtc_connection: WebRTCConnection | None = field(default=None, name="WebRTCConnection")


class DescribeViewRequest(Shape, frozen=True, kw_only=True):
    view_token: Annotated[str, Meta(min_length=1, max_length=1000)]


class ViewContent(Shape, frozen=True, kw_only=True):
    input_schema: str | None = None
    template: str | None = None
    actions: list[Annotated[str, Meta(min_length=1, max_length=255)]] | None = None


class View(Shape, frozen=True, kw_only=True):
    id: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    arn: str | None = None
    name: Annotated[str, Meta(min_length=1, max_length=255)] | None = None
    version: int | None = None
    content: ViewContent | None = None


class DescribeViewResponse(Shape, frozen=True, kw_only=True):
    view: View | None = None


class DisconnectParticipantRequest(Shape, frozen=True, kw_only=True):
    client_token: ClientToken | None = None


class GetAttachmentRequest(Shape, frozen=True, kw_only=True):
    attachment_id: Text256
    url_expiry_in_seconds: Annotated[int, Meta(ge=5, le=300)] | None = None


class GetAttachmentResponse(Shape, frozen=True, kw_only=True):
    url: LongUrl | None = None
    url_expiry: str | None = None
    attachment_size_in_bytes: Annotated[int, Meta(ge=1, le=INT64_MAX)]


class GetAuthenticationUrlRequest(Shape, frozen=True, kw_only=True):
    session_id: SessionId
    redirect_uri: Annotated[str, Meta(min_length=1, max_length=1024)]


class GetAuthenticationUrlResponse(Shape, frozen=True, kw_only=True):
    authentication_url: Annotated[str, Meta(min_length=1, max_length=2083)] | None = None


class StartPosition(Shape, frozen=True, kw_only=True):
    id: Text256 | None = None
    absolute_time: Instant | None = None
    most_recent: Annotated[int, Meta(ge=0, le=100)] | None = None


class GetTranscriptRequest(Shape, frozen=True, kw_only=True):
    contact_id: Text256 | None = None
    max_results: Annotated[int, Meta(ge=0, le=100)] | None = None
    next_token: NextToken | None = None
    scan_direction: Literal["FORWARD", "BACKWARD"] | None = None
    sort_order: Literal["DESCENDING", "ASCENDING"] | None = None
    start_position: StartPosition | None = None


class AttachmentItem(Shape, frozen=True, kw_only=True):
    content_type: Annotated[str, Meta(min_length=1, max_length=255)] | None = None
    attachment_id: Text256 | None = None
    attachment_name: Text256 | None = None
    status: ArtifactStatus | None = None


class Receipt(Shape, frozen=True, kw_only=True):
    delivered_timestamp: Instant | None = None
    read_timestamp: Instant | None = None
    recipient_participant_id: Text256 | None = None


class ItemMetadata(Shape, frozen=True, kw_only=True):
    message_id: Text256 | None = None
    receipts: list[Receipt] | None = None
    message_processing_status: ProcessingStatus | None = None


class Item(Shape, frozen=True, kw_only=True):
    absolute_time: Instant | None = None
    content: Content | None = None
    content_type: ContentType | None = None
    id: Text256 | None = None
    type: ItemType | None = None
    participant_id: Text256 | None = None
    display_name: Text256 | None = None
    participant_role: ParticipantRole | None = None
    attachments: list[AttachmentItem] | None = None
    message_metadata: ItemMetadata | None = None
    related_contact_id: Text256 | None = None
    contact_id: Text256 | None = None


class GetTranscriptResponse(Shape, frozen=True, kw_only=True):
    initial_contact_id: Text256 | None = None
    transcript: list[Item] | None = None
    next_token: NextToken | None = None


class SendEventRequest(Shape, frozen=True, kw_only=True):
    content_type: ContentType
    content: Content | None = None
    client_token: ClientToken | None = None


class SendEventResponse(Shape, frozen=True, kw_only=True):
    id: Text256 | None = None
    absolute_time: Instant | None = None


class SendMessageRequest(Shape, frozen=True, kw_only=True):
    content_type: ContentType
    content: Content
    client_token: ClientToken | None = None


class MessageProcessingMetadata(Shape, frozen=True, kw_only=True):
    message_processing_status: ProcessingStatus | None = None


class SendMessageResponse(Shape, frozen=True, kw_only=True):
    id: Text256 | None = None
    absolute_time: Instant | None = None
    message_metadata: MessageProcessingMetadata | None = None


class StartAttachmentUploadRequest(Shape, frozen=True, kw_only=True):
    content_type: Annotated[str, Meta(min_length=1, max_length=255)]
    attachment_size_in_bytes: Annotated[int, Meta(ge=1, le=INT64_MAX)]
    attachment_name: Text256
    client_token: RequiredClientToken | None = None


class UploadMetadata(Shape, frozen=True, kw_only=True):
    url: LongUrl | None = None
    url_expiry: str | None = None
    headers_to_include: (
        dict[
            Annotated[str, Meta(min_length=1, max_length=128)],
            Text256,
        ]
        | None
    ) = None


class StartAttachmentUploadResponse(Shape, frozen=True, kw_only=True):
    attachment_id: Text256 | None = None
    upload_metadata: UploadMetadata | None = None
