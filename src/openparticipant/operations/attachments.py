"""StartAttachmentUpload, CompleteAttachmentUpload, GetAttachment."""

from __future__ import annotations

import logging

from openparticipant.domain.attachment import Attachment, Status, staging_key
from openparticipant.domain.connection import Caller
from openparticipant.domain.contact import Role
from openparticipant.domain.file_configuration import Scope
from openparticipant.errors import AccessDeniedException, Unavailable, ValidationException
from openparticipant.limits import DOWNLOAD_URL_LIFETIME_SECONDS
from openparticipant.operations import completion
from openparticipant.ports import Ports, Proposal
from openparticipant.wire.shapes import (
    CompleteAttachmentUploadRequest,
    Empty,
    GetAttachmentRequest,
    GetAttachmentResponse,
    StartAttachmentUploadRequest,
    StartAttachmentUploadResponse,
    UploadMetadata,
)
from openparticipant.wire.times import iso8601

_log = logging.getLogger(__name__)


async def start_attachment_upload(
    ports: Ports, caller: Caller, request: StartAttachmentUploadRequest
) -> StartAttachmentUploadResponse:
    """Reserve an attachment and say where its bytes may be put.

    A repeated client token gets the attachment that it reserved the first time, with a URL that
    lasts as long as a first one.
    """
    policy = ports.policy
    _refuse_where_switched_off(ports, caller)
    ports.file_rules.rules(caller.instance_id, Scope.CHAT).check(
        name=request.attachment_name,
        content_type=request.content_type,
        size=request.attachment_size_in_bytes,
    )
    now = ports.clock.now()
    attachment = await ports.store.propose(
        caller,
        _proposal(ports, caller, request, now),
        quota=policy.quota,
        now=now,
    )
    invitation = await ports.objects.invite(
        attachment.staging_key,
        attachment.headers(account=policy.account, instance_id=caller.instance_id),
        at=now,
        lasting=policy.upload_url_lifetime // 1000,
    )
    return StartAttachmentUploadResponse(
        attachment_id=attachment.id,
        upload_metadata=UploadMetadata(
            url=invitation.url,
            url_expiry=iso8601(invitation.expires_at),
            headers_to_include=dict(invitation.headers),
        ),
    )


def _proposal(
    ports: Ports, caller: Caller, request: StartAttachmentUploadRequest, now: int
) -> Proposal:
    attachment_id = ports.ids.uuid()
    return Proposal(
        attachment=Attachment(
            id=attachment_id,
            contact_id=caller.contact_id,
            participant_id=caller.participant_id,
            name=request.attachment_name,
            content_type=request.content_type,
            size=request.attachment_size_in_bytes,
            status=Status.PENDING,
            staging_key=staging_key(
                instance_id=caller.instance_id,
                contact_id=caller.contact_id,
                attachment_id=attachment_id,
                name=request.attachment_name,
                proposed_at=now,
            ),
            final_key=None,
            url_expires_at=now + ports.policy.upload_url_lifetime,
        ),
        client_token=request.client_token,
        abandoned_at=now + ports.policy.abandoned_after,
    )


async def complete_attachment_upload(
    ports: Ports, caller: Caller, request: CompleteAttachmentUploadRequest
) -> Empty:
    """Check the uploaded file, keep it where no URL can write, and show it to the contact.

    Where there are scanners it is shown once they have approved it, which this does not await.
    """
    _refuse_where_switched_off(ports, caller)
    (attachment_id,) = request.attachment_ids
    await completion.complete(ports, caller, attachment_id, request.client_token)
    return Empty()


async def get_attachment(
    ports: Ports, caller: Caller, request: GetAttachmentRequest
) -> GetAttachmentResponse:
    """Say where the bytes of an approved attachment of the caller's contact may be fetched."""
    if caller.role is Role.CUSTOM_BOT:
        raise AccessDeniedException(reason="a custom bot may not read attachments")
    attachment = await ports.store.attachment(caller, request.attachment_id)
    if attachment is not None and attachment.status is Status.REMOVED:
        raise ValidationException("The file was removed: files are kept for a limited time.")
    if (
        attachment is None
        or attachment.final_key is None
        or attachment.status is not Status.APPROVED
    ):
        raise ValidationException("There is no attachment with this id.")
    lasting = request.url_expiry_in_seconds or DOWNLOAD_URL_LIFETIME_SECONDS
    now = ports.clock.now()
    offer = await ports.objects.offer(attachment.final_key, at=now, lasting=lasting)
    try:
        await ports.store.offered(caller, attachment.id, now=now)
    except Unavailable as error:
        # Who reads is served also where nothing can be written down; then it stands here.
        _log.error(
            "not in the audit: a download of attachment %s is offered to participant %s: %s",
            attachment.id,
            caller.participant_id,
            error,
        )
    return GetAttachmentResponse(
        url=offer.url,
        url_expiry=iso8601(offer.expires_at),
        attachment_size_in_bytes=attachment.size,
    )


def _refuse_where_switched_off(ports: Ports, caller: Caller) -> None:
    if caller.instance_id in ports.policy.instances_without_attachments:
        raise AccessDeniedException(reason="attachments are switched off for this instance")
