"""Get the bytes of one attachment, all of them."""

from __future__ import annotations

from openparticipant.cli.attachment_name import from_disposition
from openparticipant.cli.http import Exchange, NoAnswerError, without_query
from openparticipant.cli.model import OPERATIONS
from openparticipant.cli.refusal import CommandError
from openparticipant.cli.s3_error import StorageError
from openparticipant.cli.storage_attempts import with_fresh_urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from openparticipant.cli.moved import Moved
    from openparticipant.cli.participant import Participant

    class Sink(Protocol):
        """Where the bytes go."""

        def begin(self, name: str) -> None:
            """Make ready for the first byte; `name` is what the attachment is called."""

        def write(self, piece: bytes) -> None:
            """Take bytes."""


_PIECE = 256 * 1024
_GET = OPERATIONS["get-attachment"]


class Fetching:
    """One attachment on its way out of the chat.

    `is_verified` tells, at the end, whether its SHA-256 was known and compared.
    """

    def __init__(self, participant: Participant, attachment_id: str, moved: Moved) -> None:
        self._participant = participant
        self._id = attachment_id
        self._moved = moved
        self.is_verified = False

    def run(self, sink: Sink) -> None:
        """Put every byte into `sink`, beginning again after a lost connection.

        Raises CommandError, also when number or SHA-256 of the bytes are not those announced.
        """
        client = self._participant.client
        with_fresh_urls(client, self._locate, lambda place: self._get(*place, sink))

    def _locate(self) -> tuple[str, int]:
        answer = self._participant.call(_GET, {"AttachmentId": self._id})
        url, size = answer.get("Url"), answer.get("AttachmentSizeInBytes")
        if not url or not isinstance(size, int):
            raise CommandError("the service named no place to download from")
        return url, size

    def _get(self, url: str, size: int, sink: Sink) -> None:
        from openparticipant.cli.digest import Digest  # noqa: PLC0415 - not for what is refused

        reach = self._participant.client.reach
        with Exchange("GET", url, (), reach, without_query(url)) as exchange:
            answer = exchange.answer()
            if answer.status != 200:
                wish = answer.headers.get("retry-after")
                body = exchange.read(answer, _PIECE)
                raise StorageError(answer.status, answer.reason, body, wish)
            moved = self._moved
            moved.name = from_disposition(answer.headers.get("content-disposition")) or self._id
            moved.total, moved.bytes = size, 0
            sink.begin(moved.name)
            digest = Digest(answer.headers)
            while piece := exchange.read(answer, _PIECE):
                moved.bytes += len(piece)
                if moved.bytes > size:
                    raise CommandError(f"more than the {size} bytes announced came")
                sink.write(piece)
                digest.update(piece)
        if moved.bytes < size:
            raise NoAnswerError(f"the connection was lost after {moved.bytes} of {size} bytes")
        digest.compare()
        self.is_verified = digest.is_known
