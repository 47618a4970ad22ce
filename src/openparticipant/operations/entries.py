"""Transcript items as they go over the line, in answers and over sockets alike."""

from __future__ import annotations

from openparticipant.domain.transcript import Receipt, TranscriptItem
from openparticipant.wire import shapes
from openparticipant.wire.times import iso8601


def entry(item: TranscriptItem) -> shapes.Item:
    """Put an item in the service's words; what it does not have is left out."""
    author, file = item.author, item.attachment
    return shapes.Item(
        absolute_time=iso8601(item.at),
        content=item.content,
        content_type=item.content_type,
        id=item.id,
        type=item.type.value,
        participant_id=author.id if author else None,
        display_name=author.display_name if author else None,
        participant_role=author.role.value if author else None,
        attachments=[
            shapes.AttachmentItem(
                content_type=file.content_type,
                attachment_id=file.id,
                attachment_name=file.name,
                status="REJECTED" if file.is_rejected else "APPROVED",
            )
        ]
        if file
        else None,
        message_metadata=metadata(item.id, item.receipts) if item.receipts else None,
        contact_id=item.contact_id,
    )


def metadata(message_id: str, receipts: tuple[Receipt, ...]) -> shapes.ItemMetadata:
    """Put what is known of a message's fate in the service's words."""
    return shapes.ItemMetadata(
        message_id=message_id,
        receipts=[
            shapes.Receipt(
                delivered_timestamp=_instant(receipt.delivered_at),
                read_timestamp=_instant(receipt.read_at),
                recipient_participant_id=receipt.recipient_id,
            )
            for receipt in receipts
        ],
    )


def _instant(at: int | None) -> str | None:
    return iso8601(at) if at is not None else None
