"""What the load asked for and what was acknowledged: the promises that a crash must not break."""

from __future__ import annotations

import enum
import random
import uuid
from dataclasses import dataclass, field

SIZES = (1, 2, 300, 4_000, 65_536, 65_537, 300 * 1024)


class Ended(enum.Enum):
    """How far the end of a conversation has come."""

    NO = "no"
    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"


@dataclass(slots=True)
class Upload:
    """One file; each flag is set when the step's 200 was read whole.

    The content is made again from its seed whenever it is compared.
    """

    name: str
    size: int
    seed: int
    start_token: str = field(default_factory=lambda: str(uuid.uuid4()))
    complete_token: str = field(default_factory=lambda: str(uuid.uuid4()))
    attachment_id: str | None = None
    stored: bool = False
    complete_asked: bool = False
    completed: bool = False

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return random.Random(self.seed).randbytes(self.size)

    @staticmethod
    def draw(rng: random.Random) -> Upload:
        """Make up a file."""
        size = rng.choice((*SIZES, rng.randint(1, 20_000), rng.randint(1, 300 * 1024)))
        return Upload(f"{rng.randint(0, 999)} ü.txt", size, rng.getrandbits(48))

    def proposal(self) -> dict[str, str | int]:
        """Return the body of its StartAttachmentUpload."""
        return {
            "AttachmentName": self.name,
            "AttachmentSizeInBytes": self.size,
            "ContentType": "text/plain",
            "ClientToken": self.start_token,
        }

    def completion(self) -> dict[str, str | list[str]]:
        """Return the body of its CompleteAttachmentUpload."""
        assert self.attachment_id is not None
        return {"AttachmentIds": [self.attachment_id], "ClientToken": self.complete_token}


@dataclass(slots=True)
class Conversation:
    """One contact with its customer's tokens."""

    contact_id: str
    participant_token: str
    connection_token: str
    uploads: list[Upload] = field(default_factory=list)
    ended: Ended = Ended.NO
