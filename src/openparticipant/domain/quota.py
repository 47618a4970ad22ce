"""How many files and bytes a contact and an instance may hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """What is complete or may still come; None sets no bound. Sizes are bytes.

    `files` and `size` are of one contact; `pending` are files of one participant that are not
    complete; `instance_files` and `instance_size` are of all contacts of an instance that have not
    been removed, ended ones as well.
    """

    files: int
    size: int | None = None
    pending: int | None = None
    instance_files: int | None = None
    instance_size: int | None = None

    @property
    def is_of_files_alone(self) -> bool:
        """Whether the contact's counter of files is all that has to be looked at."""
        return self == Quota(self.files)

    @property
    def is_of_instances(self) -> bool:
        """Whether it has to be known what an instance holds."""
        return self.instance_files is not None or self.instance_size is not None
