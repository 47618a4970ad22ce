"""How far one file of a journal is."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BEGUN, COMPLETING, COMPLETED = "begun", "completing", "completed"


def identity(path: str, name: str, content_type: str, status: os.stat_result) -> dict[str, object]:
    """Return by what a file is known again; a changed one, or one named anew, is another."""
    return {
        "Path": os.path.abspath(path),  # noqa: PTH100 - pathlib is slow to import
        "Size": status.st_size,
        "ModifiedNs": status.st_mtime_ns,
        "Inode": status.st_ino,
        "Name": name,
        "ContentType": content_type,
    }


class Entry:
    """The upload of one file; `step` is None before the service may have heard of it."""

    __slots__ = ("attachment_id", "complete_token", "identity", "start_token", "step")

    def __init__(self, identity: dict[str, object], start_token: str, complete_token: str) -> None:
        self.identity = identity
        self.start_token = start_token
        self.complete_token = complete_token
        self.attachment_id = ""
        self.step: str | None = None

    def line(self, step: str) -> dict[str, Any]:
        """Return what is written down for a step."""
        if step == BEGUN:
            tokens = {"StartToken": self.start_token, "CompleteToken": self.complete_token}
            return {"Step": step, **self.identity, **tokens}
        return {"Step": step, "Path": self.identity["Path"], "AttachmentId": self.attachment_id}
