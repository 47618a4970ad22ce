"""What an instance decided on attached files, in place of what the settings say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from openparticipant.domain.attachment import FileRules


class Scope(StrEnum):
    """What attached files are for, in the order of AWS's model; here, all are of chats."""

    EMAIL = "EMAIL"
    CHAT = "CHAT"
    CASE = "CASE"
    TASK = "TASK"


@dataclass(frozen=True, slots=True)
class FileConfiguration:
    """The decisions of one instance for one scope; None leaves a rule as the settings have it.

    `largest` is bytes; extensions are without dot, in lower case. `modified_at` is epoch
    milliseconds.
    """

    instance_id: str
    scope: Scope
    largest: int | None
    extensions: tuple[str, ...] | None
    modified_at: int

    @property
    def told(self) -> str:
        """What was decided, in one line for the audit."""
        parts = [f"files of {self.instance_id} ({self.scope.value})"]
        if self.largest is not None:
            parts.append(f"up to {self.largest} bytes")
        if self.extensions is not None:
            parts.append(f"extensions {' '.join(self.extensions) or 'none'}")
        return ", ".join(parts)

    def over(self, rules: FileRules, largest_file: int) -> FileRules:
        """Return the rules that hold where these would; nothing may exceed `largest_file` bytes."""
        return FileRules(
            rules.extensions if self.extensions is None else frozenset(self.extensions),
            rules.largest if self.largest is None else min(self.largest, largest_file),
        )
