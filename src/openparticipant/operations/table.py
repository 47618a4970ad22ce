"""Which function carries out which operation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from openparticipant.domain.connection import Caller
from openparticipant.operations import (
    access_keys,
    attachments,
    audit,
    connections,
    contacts,
    explanations,
    file_configurations,
    messages,
    pending_uploads,
    purges,
    records,
    transcripts,
    views,
)
from openparticipant.ports import OperatorPorts, Ports
from openparticipant.wire.shapes import Shape

# The request's type is fixed by the service table; `tests/operations/test_table.py` compares them.
ParticipantFunction = Callable[[Ports, Caller, Any], Awaitable[Shape]]
ControlFunction = Callable[[Ports, Any], Awaitable[Shape]]
AdminFunction = Callable[[OperatorPorts, Any], Coroutine[Any, Any, Shape]]

PARTICIPANT: Mapping[str, ParticipantFunction] = {
    "CancelParticipantAuthentication": views.cancel_participant_authentication,
    "CompleteAttachmentUpload": attachments.complete_attachment_upload,
    "CreateParticipantConnection": connections.create_participant_connection,
    "DescribeView": views.describe_view,
    "DisconnectParticipant": connections.disconnect_participant,
    "GetAttachment": attachments.get_attachment,
    "GetAuthenticationUrl": views.get_authentication_url,
    "GetTranscript": transcripts.get_transcript,
    "SendEvent": messages.send_event,
    "SendMessage": messages.send_message,
    "StartAttachmentUpload": attachments.start_attachment_upload,
}

CONTROL: Mapping[str, ControlFunction] = {
    "CreateParticipant": contacts.create_participant,
    "DescribeAttachedFilesConfiguration": (
        file_configurations.describe_attached_files_configuration
    ),
    "DescribeContact": contacts.describe_contact,
    "ListAttachedFilesConfigurations": file_configurations.list_attached_files_configurations,
    "StartChatContact": contacts.start_chat_contact,
    "StopContact": contacts.stop_contact,
    "UpdateAttachedFilesConfiguration": file_configurations.update_attached_files_configuration,
}

ADMIN: Mapping[str, AdminFunction] = {
    "AddAccessKey": access_keys.add_access_key,
    "ExplainRequest": explanations.explain_request,
    "ExplainUrl": explanations.explain_url,
    "GetContactTranscript": records.get_contact_transcript,
    "ListAuditEvents": audit.list_audit_events,
    "ListAccessKeys": access_keys.list_access_keys,
    "ListContacts": records.list_contacts,
    "ListPendingUploads": pending_uploads.list_pending_uploads,
    "PurgeContact": purges.purge_contact,
    "RetireAccessKey": access_keys.retire_access_key,
}
