"""The slice of the Connect control plane that starts, fills and ends a chat, and its rules for files.

Source: AWS's service model `connect` 2017-08-08. Members that need a flow engine, persistence
of earlier chats or voice are not here; unknown members are ignored, as everywhere.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from openparticipant.limits import ATTACHMENT_SIZE_MAX
from openparticipant.wire.shapes import (
    ClientToken,
    Content,
    ContentType,
    ParticipantRole,
    Shape,
    Text256,
)

InstanceId = Annotated[str, Meta(min_length=1, max_length=100)]
AttachmentScope = Literal["EMAIL", "CHAT", "CASE", "TASK"]
MaximumSize = Annotated[int, Meta(ge=1, le=ATTACHMENT_SIZE_MAX)]


class ParticipantDetails(Shape, frozen=True, kw_only=True):
    display_name: Text256


class ChatMessage(Shape, frozen=True, kw_only=True):
    content_type: ContentType
    content: Content


class StartChatContactRequest(Shape, frozen=True, kw_only=True):
    instance_id: InstanceId
    contact_flow_id: Annotated[str, Meta(max_length=500)]
    attributes: (
        dict[
            Annotated[str, Meta(min_length=1, max_length=32767)],
            Annotated[str, Meta(max_length=32767)],
        ]
        | None
    ) = None
    participant_details: ParticipantDetails
    initial_message: ChatMessage | None = None
    client_token: ClientToken | None = None
    chat_duration_in_minutes: Annotated[int, Meta(ge=60, le=10080)] | None = None
    supported_messaging_content_types: list[ContentType] | None = None
    disconnect_on_customer_exit: (
        Annotated[list[Literal["AGENT"]], Meta(min_length=1, max_length=1)] | None
    ) = None


class StartChatContactResponse(Shape, frozen=True, kw_only=True):
    contact_id: Text256 | None = None
    participant_id: Text256 | None = None
    participant_token: Annotated[str, Meta(min_length=1, max_length=1000)] | None = None


class ParticipantDetailsToAdd(Shape, frozen=True, kw_only=True):
    participant_role: ParticipantRole | None = None
    display_name: Text256 | None = None


class CreateParticipantRequest(Shape, frozen=True, kw_only=True):
    instance_id: InstanceId
    contact_id: Text256
    client_token: ClientToken | None = None
    participant_details: ParticipantDetailsToAdd


class ParticipantTokenCredentials(Shape, frozen=True, kw_only=True):
    participant_token: Annotated[str, Meta(min_length=1, max_length=1000)] | None = None
    expiry: str | None = None


class CreateParticipantResponse(Shape, frozen=True, kw_only=True):
    participant_credentials: ParticipantTokenCredentials | None = None
    participant_id: Text256 | None = None


class DisconnectReason(Shape, frozen=True, kw_only=True):
    code: str | None = None


class StopContactRequest(Shape, frozen=True, kw_only=True):
    contact_id: Text256
    instance_id: InstanceId
    disconnect_reason: DisconnectReason | None = None


class DescribeContactRequest(Shape, frozen=True, kw_only=True):
    instance_id: InstanceId
    contact_id: Text256


class Contact(Shape, frozen=True, kw_only=True):
    """Timestamps here are epoch seconds, as rest-json writes them."""

    arn: str | None = None
    id: Text256 | None = None
    initial_contact_id: Text256 | None = None
    initiation_method: Literal["API"] | None = None
    channel: Literal["CHAT"] | None = None
    initiation_timestamp: float | None = None
    disconnect_timestamp: float | None = None
    last_update_timestamp: float | None = None
    disconnect_reason: str | None = None
    attributes: dict[str, str] | None = None


class DescribeContactResponse(Shape, frozen=True, kw_only=True):
    contact: Contact | None = None


class AllowedExtension(Shape, frozen=True, kw_only=True):
    extension: Annotated[str, Meta(min_length=1, max_length=10)]


class ExtensionConfiguration(Shape, frozen=True, kw_only=True):
    """An empty list lets no file in."""

    allowed_extensions: list[AllowedExtension]


class AttachedFilesConfiguration(Shape, frozen=True, kw_only=True):
    instance_id: InstanceId
    attachment_scope: AttachmentScope
    maximum_size_limit_in_bytes: MaximumSize | None = None
    extension_configuration: ExtensionConfiguration | None = None
    last_modified_time: float | None = None


class DescribeAttachedFilesConfigurationRequest(Shape, frozen=True, kw_only=True):
    instance_id: InstanceId
    attachment_scope: AttachmentScope


class DescribeAttachedFilesConfigurationResponse(Shape, frozen=True, kw_only=True):
    attached_files_configuration: AttachedFilesConfiguration


class ListAttachedFilesConfigurationsRequest(Shape, frozen=True, kw_only=True):
    instance_id: InstanceId
    max_results: Annotated[int, Meta(ge=1, le=100)] | None = None
    next_token: str | None = None


class AttachedFilesConfigurationSummary(Shape, frozen=True, kw_only=True):
    instance_id: InstanceId
    attachment_scope: AttachmentScope
    maximum_size_limit_in_bytes: MaximumSize | None = None
    extension_configuration: ExtensionConfiguration | None = None


class ListAttachedFilesConfigurationsResponse(Shape, frozen=True, kw_only=True):
    attached_files_configurations: list[AttachedFilesConfigurationSummary] | None = None
    next_token: str | None = None


class UpdateAttachedFilesConfigurationRequest(Shape, frozen=True, kw_only=True):
    instance_id: InstanceId
    attachment_scope: AttachmentScope
    maximum_size_limit_in_bytes: MaximumSize | None = None
    extension_configuration: ExtensionConfiguration | None = None


class UpdateAttachedFilesConfigurationResponse(Shape, frozen=True, kw_only=True):
    instance_id: InstanceId
    attachment_scope: AttachmentScope
    maximum_size_limit_in_bytes: MaximumSize | None = None
    extension_configuration: ExtensionConfiguration | None = None
    last_modified_time: float | None = None
