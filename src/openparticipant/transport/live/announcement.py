"""A notice as the frame that listeners get; written once for all of them."""

from __future__ import annotations

import msgspec

from openparticipant.domain.transcript import (
    EventType,
    Notice,
    Receipted,
    TranscriptItem,
    Typing,
)
from openparticipant.operations.entries import entry, metadata
from openparticipant.wire import frames
from openparticipant.wire.times import iso8601


def announcement(notice: Notice) -> str:
    """Write the frame of a notice."""
    match notice:
        case TranscriptItem():
            return frames.chat(
                frames.LiveItem(
                    **msgspec.structs.asdict(entry(notice)), initial_contact_id=notice.contact_id
                )
            )
        case Typing(contact_id, id_, at, author):
            return frames.chat(
                frames.LiveItem(
                    absolute_time=iso8601(at),
                    content_type=EventType.TYPING.value,
                    id=id_,
                    type="EVENT",
                    participant_id=author.id,
                    display_name=author.display_name,
                    participant_role=author.role.value,
                    contact_id=contact_id,
                    initial_contact_id=contact_id,
                )
            )
        case Receipted(_, id_, at, message_id, receipt):
            return frames.chat(
                frames.LiveMetadata(
                    absolute_time=iso8601(at),
                    content_type=EventType.METADATA.value,
                    id=id_,
                    type="MESSAGEMETADATA",
                    message_metadata=metadata(message_id, (receipt,)),
                )
            )


def kind(notice: Notice) -> str:
    """Name what a notice tells, for a metric's label."""
    match notice:
        case TranscriptItem():
            return notice.type.value.lower()
        case Typing():
            return "typing"
        case Receipted():
            return "receipt"
