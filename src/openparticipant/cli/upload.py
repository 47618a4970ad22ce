"""Bring one file into the chat: announce it, put its bytes, say that they are there."""

from __future__ import annotations

import os
from stat import S_ISREG

from openparticipant.cli.client import RefusedError
from openparticipant.cli.http import Exchange, NoAnswerError, without_query
from openparticipant.cli.model import OPERATIONS
from openparticipant.cli.progress import Progress
from openparticipant.cli.refusal import CommandError
from openparticipant.cli.s3_error import StorageError
from openparticipant.cli.storage_attempts import with_fresh_urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

    from openparticipant.cli.client import Client

_PIECE = 256 * 1024
_START = OPERATIONS["start-attachment-upload"]
_COMPLETE = OPERATIONS["complete-attachment-upload"]


class Upload:
    """One file on its way.

    Its two client tokens are made once: whatever is repeated after a dropped connection, the
    service sees one attachment.
    """

    def __init__(self, client: Client, token: str, path: str, content_type: str) -> None:
        self.client = client
        self.token = token
        self.path = path
        self.name = os.path.basename(path)  # noqa: PTH119 - pathlib is not worth its import here
        self.content_type = content_type
        self.size = 0
        self._start_once = client.world.uuid()
        self._complete_once = client.world.uuid()

    def run(self) -> str:
        """Return the attachment's id once it is completed; raises CommandError or OSError."""
        # Without waiting: a pipe that nobody writes to would hold up all that follow.
        descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123
            before = os.fstat(file.fileno())
            if not S_ISREG(before.st_mode):
                raise CommandError("it is not a regular file")
            if not _is_text(self.name):
                raise CommandError("its name is not UTF-8; give it another one")
            if before.st_size == 0:
                raise CommandError("the file is empty, and an attachment has at least one byte")
            self.size = before.st_size
            attachment_id = self._put_with_retries(file)
            after = os.fstat(file.fileno())
            if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
                raise _changed()
        self._complete(attachment_id)
        return attachment_id

    def _start(self) -> tuple[str, dict[str, Any]]:
        answer = self.client.call(
            _START,
            {
                "ContentType": self.content_type,
                "AttachmentSizeInBytes": self.size,
                "AttachmentName": self.name,
                "ClientToken": self._start_once,
                "ConnectionToken": self.token,
            },
        )
        invitation = answer.get("UploadMetadata") or {}
        if not (answer.get("AttachmentId") and invitation.get("Url")):
            raise CommandError("the service named no place to upload to")
        return answer["AttachmentId"], invitation

    def _put_with_retries(self, file: BinaryIO) -> str:
        with Progress(self.client.world, self.name, self.size) as progress:

            def put(place: tuple[str, dict[str, Any]]) -> None:
                progress.restart()
                file.seek(0)
                self._put(file, place[1], progress)

            attachment_id, _ = with_fresh_urls(self.client, self._start, put)
        return attachment_id

    def _put(self, file: BinaryIO, invitation: dict[str, Any], progress: Progress) -> None:
        headers = dict(invitation.get("HeadersToInclude") or {})
        if "content-length" not in {name.lower() for name in headers}:
            headers["Content-Length"] = str(self.size)
        url = invitation["Url"]
        reach = self.client.reach
        with Exchange("PUT", url, headers.items(), reach, without_query(url)) as exchange:
            try:
                for piece in self._pieces(file):
                    exchange.send(piece)
                    progress.advance(len(piece))
            except NoAnswerError as lost:
                # The store may have refused in the middle; its reason is worth more than ours.
                try:
                    answer = exchange.answer()
                except NoAnswerError:
                    raise lost from None
            else:
                answer = exchange.answer()
            body = exchange.read(answer, _PIECE)
        if not 200 <= answer.status < 300:
            wish = answer.headers.get("retry-after")
            raise StorageError(answer.status, answer.reason, body, wish)

    def _pieces(self, file: BinaryIO) -> Iterator[bytes]:
        left = self.size
        while left:
            piece = file.read(min(_PIECE, left))
            if not piece:
                raise _changed()
            left -= len(piece)
            yield piece

    def _complete(self, attachment_id: str) -> None:
        times = self.client.attempts()
        for _ in times:
            try:
                self.client.call(
                    _COMPLETE,
                    {
                        "AttachmentIds": [attachment_id],
                        "ClientToken": self._complete_once,
                        "ConnectionToken": self.token,
                    },
                )
            except RefusedError as error:
                # An earlier try, whose answer was lost, may still be at work.
                if error.code != "ConflictException" or times.are_over:
                    raise
            else:
                return


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that the file system took and nobody can read
        return False
    return True


def _changed() -> CommandError:
    return CommandError("the file changed while it was being uploaded, so it was not completed")
