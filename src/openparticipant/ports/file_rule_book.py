"""Which files each instance lets in."""

from __future__ import annotations

from typing import Protocol

from openparticipant.domain.attachment import FileRules
from openparticipant.domain.file_configuration import FileConfiguration, Scope


class FileRuleBook(Protocol):
    """What every instance decided on attached files, over what the settings say.

    A change holds at once where it was made, and on every other node within a second.
    """

    def rules(self, instance_id: str, scope: Scope) -> FileRules:
        """Return what holds; costs no query."""
        ...

    def modified_at(self, instance_id: str, scope: Scope) -> int | None:
        """Return when the instance last decided, in epoch milliseconds; None: it never did."""
        ...

    async def change(self, wanted: FileConfiguration) -> None:
        """Record what is not None. Raises Unavailable."""
        ...

    async def look(self) -> None:
        """Learn what was decided at other nodes up to now. Raises Unavailable."""
        ...
