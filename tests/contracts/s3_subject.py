"""A bucket of a real S3 server, as the contract wants its subjects."""

from __future__ import annotations

from openparticipant.domain.attachment import Attachment
from openparticipant.objects.s3.store import S3Objects
from openparticipant.system import SystemClock
from openparticipant.testing.object_habits import Habits


class S3Subject:
    """`Subject` on our store over a server; it judges time by the machine's clock."""

    def __init__(self, objects: S3Objects, habits: Habits) -> None:
        self.objects = objects
        self.habits = habits
        self._clock = SystemClock()

    def now(self) -> int:
        """Return the machine's time."""
        return self._clock.now()

    def expect(self, attachment: Attachment) -> None:
        """Take no note: a bucket takes whatever is signed."""

    def complete(self, attachment: Attachment, final_key: str) -> None:
        """Take no note: a bucket gives whatever is signed."""
