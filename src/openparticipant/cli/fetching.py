"""Get the bytes of one attachment, all of them."""

from __future__ import annotations

from openparticipant.cli.attachment_name import from_disposition
from openparticipant.cli.http import Exchange, NoAnswerError, without_query
from openparticipant.cli.model import OPERATIONS
from openparticipant.cli.progress import Progress
from openparticipant.cli.refusal import CommandError
from openparticipant.cli.s3_error import StorageError
from openparticipant.cli.storage_attempts import with_fresh_urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from openparticipant.cli.client import Client

    class Sink(Protocol):
        """Where the bytes go."""

        def begin(self, name: str) -> None:
            """Make ready for the first byte; `name` is what the attachment is called."""

        def write(self, piece: bytes) -> None:
            """Take bytes."""


_PIECE = 256 * 1024
_GET = OPERATIONS["get-attachment"]


class Fetching:
    """One attachment on its way to the disk."""

    def __init__(self, client: Client, token: str, attachment_id: str) -> None:
        self._client = client
        self._token = token
        self._id = attachment_id

    def run(self, sink: Sink) -> None:
        """Put every byte into `sink`, beginning again after a lost connection.

        Raises CommandError, also when the number of bytes is not the one announced.
        """
        with_fresh_urls(self._client, self._locate, lambda place: self._get(*place, sink))

    def _locate(self) -> tuple[str, int]:
        members = {"AttachmentId": self._id, "ConnectionToken": self._token}
        answer = self._client.call(_GET, members)
        url, size = answer.get("Url"), answer.get("AttachmentSizeInBytes")
        if not url or not isinstance(size, int):
            raise CommandError("the service named no place to download from")
        return url, size

    def _get(self, url: str, size: int, sink: Sink) -> None:
        shown = without_query(url)
        with Exchange("GET", url, (), self._client.reach, shown) as exchange:
            answer = exchange.answer()
            if answer.status != 200:
                wish = answer.headers.get("retry-after")
                body = exchange.read(answer, _PIECE)
                raise StorageError(answer.status, answer.reason, body, wish)
            name = from_disposition(answer.headers.get("content-disposition")) or self._id
            sink.begin(name)
            done = 0
            with Progress(self._client.world, name, size) as progress:
                while piece := exchange.read(answer, _PIECE):
                    done += len(piece)
                    if done > size:
                        raise CommandError(f"more than the {size} bytes announced came")
                    sink.write(piece)
                    progress.advance(len(piece))
        if done < size:
            raise NoAnswerError(f"the connection was lost after {done} of {size} bytes")
