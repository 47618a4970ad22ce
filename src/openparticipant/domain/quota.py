"""How many files and bytes a contact may hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """What is complete or may still come in one contact; None sets no bound.

    `files` and `size`, in bytes, are of the contact; `pending` are files of one participant that
    are not complete.
    """

    files: int
    size: int | None = None
    pending: int | None = None

    @property
    def is_of_files_alone(self) -> bool:
        """Whether the contact's counter of files is all that has to be looked at."""
        return self.size is None and self.pending is None
