"""The table of the service: every operation with its route, shapes and errors.

This is the only table. The server dispatches on it, the command line is generated from it, and
the tests compare it with AWS's models; the operator's operations are ours alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from openparticipant import errors
from openparticipant.errors import ServiceError
from openparticipant.wire import admin, connect, shapes
from openparticipant.wire.shapes import Shape

# Where an operation has two of them, the first is for constraints.
_REFUSALS: tuple[type[ServiceError], ...] = (
    errors.ValidationException,
    errors.InvalidRequestException,
    errors.InvalidParameterException,
)
BearerKind = Literal["ParticipantToken", "ConnectionToken"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One named call of a service model.

    `path` may hold `{Member}` parts; those members travel percent-encoded in the path, and the
    others of a GET in the query, where AWS's begin with a small letter. `bearer` names the token that `X-Amz-Bearer` must carry, or is None where SigV4 authenticates.
    """

    name: str
    method: Literal["GET", "POST", "PUT"]
    path: str
    request: type[Shape]
    response: type[Shape]
    errors: frozenset[type[ServiceError]]
    bearer: BearerKind | None

    @property
    def refusal(self) -> type[ServiceError]:
        """What says that the input breaks a constraint."""
        return next(each for each in _REFUSALS if each in self.errors)


_PARTICIPANT_ERRORS: frozenset[type[ServiceError]] = frozenset(
    {
        errors.AccessDeniedException,
        errors.InternalServerException,
        errors.ThrottlingException,
        errors.ValidationException,
    }
)


def _participant(
    name: str,
    path: str,
    request: type[Shape],
    response: type[Shape],
    *more: type[ServiceError],
    method: Literal["GET", "POST"] = "POST",
    bearer: BearerKind = "ConnectionToken",
) -> Operation:
    return Operation(
        name,
        method,
        f"/participant/{path}",
        request,
        response,
        _PARTICIPANT_ERRORS | set(more),
        bearer,
    )


PARTICIPANT: tuple[Operation, ...] = (
    _participant(
        "CancelParticipantAuthentication",
        "cancel-authentication",
        shapes.CancelParticipantAuthenticationRequest,
        shapes.Empty,
    ),
    _participant(
        "CompleteAttachmentUpload",
        "complete-attachment-upload",
        shapes.CompleteAttachmentUploadRequest,
        shapes.Empty,
        errors.ServiceQuotaExceededException,
        errors.ConflictException,
    ),
    _participant(
        "CreateParticipantConnection",
        "connection",
        shapes.CreateParticipantConnectionRequest,
        shapes.CreateParticipantConnectionResponse,
        bearer="ParticipantToken",
    ),
    _participant(
        "DescribeView",
        "views/{ViewToken}",
        shapes.DescribeViewRequest,
        shapes.DescribeViewResponse,
        errors.ResourceNotFoundException,
        method="GET",
    ),
    _participant(
        "DisconnectParticipant",
        "disconnect",
        shapes.DisconnectParticipantRequest,
        shapes.Empty,
    ),
    _participant(
        "GetAttachment",
        "attachment",
        shapes.GetAttachmentRequest,
        shapes.GetAttachmentResponse,
    ),
    _participant(
        "GetAuthenticationUrl",
        "authentication-url",
        shapes.GetAuthenticationUrlRequest,
        shapes.GetAuthenticationUrlResponse,
    ),
    _participant(
        "GetTranscript",
        "transcript",
        shapes.GetTranscriptRequest,
        shapes.GetTranscriptResponse,
    ),
    _participant(
        "SendEvent",
        "event",
        shapes.SendEventRequest,
        shapes.SendEventResponse,
        errors.ConflictException,
    ),
    _participant(
        "SendMessage",
        "message",
        shapes.SendMessageRequest,
        shapes.SendMessageResponse,
    ),
    _participant(
        "StartAttachmentUpload",
        "start-attachment-upload",
        shapes.StartAttachmentUploadRequest,
        shapes.StartAttachmentUploadResponse,
        errors.ServiceQuotaExceededException,
    ),
)

_FILE_CONFIGURATION_ERRORS: frozenset[type[ServiceError]] = frozenset(
    {
        errors.AccessDeniedException,
        errors.InternalServiceException,
        errors.InvalidParameterException,
        errors.ResourceNotFoundException,
        errors.ThrottlingException,
    }
)
_FILE_CONFIGURATIONS = "/attached-files-configurations/{InstanceId}"

CONTROL: tuple[Operation, ...] = (
    Operation(
        "StartChatContact",
        "PUT",
        "/contact/chat",
        connect.StartChatContactRequest,
        connect.StartChatContactResponse,
        frozenset(
            {
                errors.InvalidRequestException,
                errors.InvalidParameterException,
                errors.ResourceNotFoundException,
                errors.InternalServiceException,
                errors.LimitExceededException,
            }
        ),
        None,
    ),
    Operation(
        "CreateParticipant",
        "POST",
        "/contact/create-participant",
        connect.CreateParticipantRequest,
        connect.CreateParticipantResponse,
        frozenset(
            {
                errors.InvalidRequestException,
                errors.ResourceNotFoundException,
                errors.InternalServiceException,
                errors.ServiceQuotaExceededException,
                errors.ThrottlingException,
                errors.ConflictException,
            }
        ),
        None,
    ),
    Operation(
        "StopContact",
        "POST",
        "/contact/stop",
        connect.StopContactRequest,
        shapes.Empty,
        frozenset(
            {
                errors.InvalidRequestException,
                errors.ContactNotFoundException,
                errors.InvalidParameterException,
                errors.ResourceNotFoundException,
                errors.InternalServiceException,
            }
        ),
        None,
    ),
    Operation(
        "DescribeContact",
        "GET",
        "/contacts/{InstanceId}/{ContactId}",
        connect.DescribeContactRequest,
        connect.DescribeContactResponse,
        frozenset(
            {
                errors.InvalidRequestException,
                errors.InvalidParameterException,
                errors.ResourceNotFoundException,
                errors.InternalServiceException,
                errors.ThrottlingException,
            }
        ),
        None,
    ),
    Operation(
        "DescribeAttachedFilesConfiguration",
        "GET",
        f"{_FILE_CONFIGURATIONS}/{{AttachmentScope}}",
        connect.DescribeAttachedFilesConfigurationRequest,
        connect.DescribeAttachedFilesConfigurationResponse,
        _FILE_CONFIGURATION_ERRORS,
        None,
    ),
    Operation(
        "ListAttachedFilesConfigurations",
        "GET",
        _FILE_CONFIGURATIONS,
        connect.ListAttachedFilesConfigurationsRequest,
        connect.ListAttachedFilesConfigurationsResponse,
        _FILE_CONFIGURATION_ERRORS,
        None,
    ),
    Operation(
        "UpdateAttachedFilesConfiguration",
        "POST",
        f"{_FILE_CONFIGURATIONS}/{{AttachmentScope}}",
        connect.UpdateAttachedFilesConfigurationRequest,
        connect.UpdateAttachedFilesConfigurationResponse,
        _FILE_CONFIGURATION_ERRORS,
        None,
    ),
)

_ADMIN_ERRORS: frozenset[type[ServiceError]] = frozenset(
    {
        errors.InvalidRequestException,
        errors.ResourceNotFoundException,
        errors.InternalServiceException,
    }
)

ADMIN: tuple[Operation, ...] = (
    Operation(
        "ListContacts",
        "GET",
        "/contacts",
        admin.ListContactsRequest,
        admin.ListContactsResponse,
        _ADMIN_ERRORS,
        None,
    ),
    Operation(
        "GetContactTranscript",
        "GET",
        "/contacts/{ContactId}/transcript",
        admin.GetContactTranscriptRequest,
        admin.GetContactTranscriptResponse,
        _ADMIN_ERRORS,
        None,
    ),
    Operation(
        "ListAccessKeys",
        "GET",
        "/access-keys",
        admin.ListAccessKeysRequest,
        admin.ListAccessKeysResponse,
        _ADMIN_ERRORS,
        None,
    ),
    Operation(
        "AddAccessKey",
        "POST",
        "/access-keys/add",
        admin.AddAccessKeyRequest,
        admin.AddAccessKeyResponse,
        _ADMIN_ERRORS,
        None,
    ),
    Operation(
        "RetireAccessKey",
        "POST",
        "/access-keys/retire",
        admin.RetireAccessKeyRequest,
        admin.RetireAccessKeyResponse,
        _ADMIN_ERRORS,
        None,
    ),
    Operation(
        "ExplainRequest",
        "GET",
        "/requests/{RequestId}",
        admin.ExplainRequestRequest,
        admin.ExplainRequestResponse,
        _ADMIN_ERRORS,
        None,
    ),
    Operation(
        "ExplainUrl",
        "POST",
        "/urls/explain",
        admin.ExplainUrlRequest,
        admin.ExplainUrlResponse,
        _ADMIN_ERRORS,
        None,
    ),
    Operation(
        "ListAuditEvents",
        "GET",
        "/audit",
        admin.ListAuditEventsRequest,
        admin.ListAuditEventsResponse,
        _ADMIN_ERRORS,
        None,
    ),
    Operation(
        "PurgeContact",
        "POST",
        "/contacts/purge",
        admin.PurgeContactRequest,
        admin.PurgeContactResponse,
        _ADMIN_ERRORS,
        None,
    ),
    Operation(
        "ListPendingUploads",
        "GET",
        "/pending-uploads",
        admin.ListPendingUploadsRequest,
        admin.ListPendingUploadsResponse,
        _ADMIN_ERRORS,
        None,
    ),
)
