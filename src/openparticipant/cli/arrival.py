"""One attachment on its way to where the person wants it."""

from __future__ import annotations

from openparticipant.cli.fetching import Fetching
from openparticipant.cli.moved import Moved
from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.interruption import Interruption
    from openparticipant.cli.participant import Participant
    from openparticipant.cli.saving import Saving


class Saved:
    """An attachment that becomes a file."""

    in_doubt = False

    def __init__(self, participant: Participant, attachment_id: str, saving: Saving) -> None:
        self.subject = attachment_id
        self.moved = Moved(attachment_id)
        self._fetching = Fetching(participant, attachment_id, self.moved)
        self._saving = saving

    def run(self, _: Interruption) -> dict[str, Any]:
        """Return what was saved; raises CommandError, OSError or StoppedError."""
        with self._saving as saving:
            self._fetching.run(saving)
            saving.keep()
        return {
            "AttachmentId": self.subject,
            "AttachmentSizeInBytes": self.moved.total,
            "Path": self._saving.path,
            "Verified": self._fetching.is_verified,
        }

    def abandon(self) -> None:
        """Take away what lies under the temporary name."""
        self._saving.discard()


class Shown:
    """An attachment that goes to standard output, from which no byte can be taken back."""

    in_doubt = False

    def __init__(self, participant: Participant, attachment_id: str, world: Environment) -> None:
        self.subject = attachment_id
        self.moved = Moved(attachment_id)
        self._fetching = Fetching(participant, attachment_id, self.moved)
        self._world = world
        self._begun = False

    def run(self, _: Interruption) -> dict[str, Any]:
        """Return nothing, since there is no room to tell it; raises as `Saved.run` does."""
        self._fetching.run(self)
        return {}

    def abandon(self) -> None:
        """Leave it: nothing of it lies on the disk."""

    def begin(self, name: str) -> None:
        """Begin, which is possible once."""
        del name
        if self._begun:
            raise CommandError("the connection was lost in the middle of the output")

    def write(self, piece: bytes) -> None:
        """Put bytes out."""
        self._begun = True
        self._world.write(piece)
