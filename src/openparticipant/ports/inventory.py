"""What the rows say of attachments, all of them, for who compares them with the objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from openparticipant.domain.attachment import Attachment, Status

InventoryPlace = tuple[int, str]
BEGINNING: InventoryPlace = (0, "")


@dataclass(frozen=True, slots=True)
class InventoryEntry:
    """The row of one attachment, at one moment.

    `over_at` is when its contact ended or will end at the latest, `is_settled` whether nobody has to
    do anything with it any more, neither scanners nor who clears up, `is_leaving` whether its contact
    is being removed.
    """

    contact_seq: int
    over_at: int
    is_settled: bool
    is_leaving: bool
    attachment: Attachment

    @property
    def place(self) -> InventoryPlace:
        """Where it stands in the order of pages."""
        return self.contact_seq, self.attachment.id

    def needs_object(self, now: int) -> bool:
        """Tell whether the object of its final key must be there.

        What is scanned when its contact ends loses its bytes first and then its row, and so does all
        of a contact that is removed.
        """
        status = self.attachment.status
        if self.is_leaving:
            return False
        return status is Status.APPROVED or (status is Status.SCANNING and now < self.over_at)

    def knows(self, key: str) -> bool:
        """Tell whether an object of this key may be there."""
        it = self.attachment
        if key == it.staging_key:
            return not it.status.is_completed
        is_gone = it.status in {Status.REJECTED, Status.REMOVED} and self.is_settled
        return key == it.final_key and not is_gone


class Inventory(Protocol):
    """All rows of attachments, read without holding anybody up."""

    async def page(self, after: InventoryPlace, *, limit: int) -> list[InventoryEntry]:
        """Return the entries that follow a place, in order; a row that stays is met once."""
        ...

    async def find(self, contact_id: str, attachment_id: str) -> InventoryEntry | None:
        """Return one entry as it is now."""
        ...
