"""Who looks into a file before it is recorded."""

from __future__ import annotations

from typing import Protocol

from openparticipant.domain.attachment import Attachment
from openparticipant.domain.contents import ContentFault


class Inspector(Protocol):
    """Compares what a file is with what was announced."""

    async def fault(self, attachment: Attachment, key: str) -> ContentFault | None:
        """Say what is wrong with the bytes that lie under `key`, or None.

        Nobody else may be able to write there. Raises LookupError where nothing lies there, and
        Unavailable where the bytes could not be had: then nothing is known of them.
        """
        ...
