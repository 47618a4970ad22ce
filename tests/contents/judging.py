"""A file and what is said of it."""

from __future__ import annotations

import io

from openparticipant.contents.inspector import judge
from openparticipant.contents.media_type import ZIP, media_type_of
from openparticipant.domain.attachment import Attachment, Status
from openparticipant.domain.contents import ContentFault


def attachment(name: str, content_type: str = "application/octet-stream") -> Attachment:
    """Return a file as it was announced."""
    return Attachment(
        id="a",
        contact_id="c",
        participant_id="p",
        name=name,
        content_type=content_type,
        size=1,
        status=Status.COMPLETING,
        staging_key="s",
        final_key="f",
        url_expires_at=0,
    )


def judged(
    name: str, content: bytes, content_type: str = "application/octet-stream"
) -> ContentFault | None:
    """Return what is wrong with a file."""
    whole = io.BytesIO(content) if media_type_of(content) == ZIP else None
    return judge(attachment(name, content_type), content, whole)
