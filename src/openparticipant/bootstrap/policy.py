"""What operations must know of the settings."""

from __future__ import annotations

from collections.abc import Mapping

from openparticipant import view_files
from openparticipant.domain.attachment import FileRules
from openparticipant.domain.quota import Quota
from openparticipant.domain.view import View
from openparticipant.limits import ATTACHMENT_SIZE_MAX, DAY
from openparticipant.ports import Policy, Scanning
from openparticipant.settings import Settings
from openparticipant.transport.start import StartError


def policy(settings: Settings, public_url: str, scanning: Scanning) -> Policy:
    """Read the policy off the settings, and the views that they name. Raises StartError.

    No file may be larger than every scanner takes.
    """
    sizes = [it.largest for it in scanning.scanners if it.largest is not None]
    largest_file = min([ATTACHMENT_SIZE_MAX, *sizes])
    return Policy(
        account=settings.account,
        region=settings.region,
        public_url=public_url,
        instances=frozenset(settings.instances),
        instances_without_attachments=frozenset(settings.instances_without_attachments),
        file_rules=FileRules(
            frozenset(settings.attachment_extensions), min(settings.attachment_size, largest_file)
        ),
        largest_file=largest_file,
        content_checks=settings.content_check,
        quota=Quota(
            settings.attachments_per_contact,
            settings.attachment_bytes_per_contact,
            settings.pending_uploads,
            settings.attachments_per_instance,
            settings.attachment_bytes_per_instance,
        ),
        retention=_milliseconds(settings.retention),
        attachment_retention=_milliseconds(settings.attachment_retention),
        upload_url_lifetime=settings.upload_url_lifetime,
        abandoned_after=settings.abandoned_after,
        views=_views(settings),
    )


def _milliseconds(days: int | None) -> int | None:
    return None if days is None else days * DAY


def _views(settings: Settings) -> Mapping[str, View]:
    try:
        return view_files.read(settings.views) if settings.views else {}
    except view_files.ViewFileError as error:
        raise StartError(str(error)) from None
