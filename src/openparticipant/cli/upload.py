"""Bring one file into the chat: announce it, put its bytes, say that they are there."""

from __future__ import annotations

import os

from openparticipant.cli.client import RefusedError
from openparticipant.cli.http import Exchange, NoAnswerError, without_query
from openparticipant.cli.journal_entry import BEGUN, COMPLETED, COMPLETING, Entry, identity
from openparticipant.cli.model import OPERATIONS
from openparticipant.cli.moved import Moved
from openparticipant.cli.refusal import CommandError
from openparticipant.cli.s3_error import StorageError
from openparticipant.cli.storage_attempts import with_fresh_urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

    from openparticipant.cli.interruption import Interruption
    from openparticipant.cli.journal import Journal
    from openparticipant.cli.participant import Participant
    from openparticipant.cli.source import Source

_PIECE = 256 * 1024
_START = OPERATIONS["start-attachment-upload"]
_COMPLETE = OPERATIONS["complete-attachment-upload"]
_GET = OPERATIONS["get-attachment"]
# What the service says of an attachment that it does not know, or no longer.
_UNKNOWN = frozenset({"ResourceNotFoundException", "ValidationException"})


class Upload:
    """One file on its way.

    Its two client tokens are made once and, where there is a journal, kept there: whatever is
    repeated after a dropped connection or a dead process, the service sees one attachment.
    """

    def __init__(
        self, participant: Participant, source: Source, content_type: str, journal: Journal | None
    ) -> None:
        self.subject = source.path
        self.moved = Moved(source.name)
        self.in_doubt = False
        self._participant = participant
        self._client = participant.client
        self._source = source
        self._content_type = content_type
        self._journal = journal

    def run(self, interruption: Interruption) -> dict[str, Any]:
        """Return what was attached; raises CommandError, OSError or StoppedError."""
        with self._source.open() as file:
            if not _is_text(self._source.name):
                raise CommandError("its name is not UTF-8; give it another one")
            before = os.fstat(file.fileno())
            self.moved.total = before.st_size
            entry = self._known(before) or self._new(before)
            if entry.step != COMPLETED:
                entry = self._brought(file, before, entry, interruption)
        return {
            "AttachmentId": entry.attachment_id,
            "AttachmentName": self._source.name,
            "AttachmentSizeInBytes": before.st_size,
            "ContentType": self._content_type,
            "Path": self._source.path,
        }

    def abandon(self) -> None:
        """Leave it as it is: nothing of it lies on the disk."""

    def _identity(self, status: os.stat_result) -> dict[str, object]:
        return identity(self._source.path, self._source.name, self._content_type, status)

    def _known(self, status: os.stat_result) -> Entry | None:
        return None if self._journal is None else self._journal.find(self._identity(status))

    def _new(self, status: os.stat_result) -> Entry:
        uuid = self._client.world.uuid
        return Entry(self._identity(status), uuid(), uuid())

    def _brought(
        self, file: BinaryIO, before: os.stat_result, entry: Entry, interruption: Interruption
    ) -> Entry:
        """Take the steps that are left, and return the entry by which the file is attached."""
        if entry.step is None:
            self._take_all(file, before, entry, interruption)
            return entry
        try:
            if entry.step != COMPLETING or not self._went_through(entry, interruption):
                self._take_all(file, before, entry, interruption)
        except (RefusedError, StorageError) as refusal:
            if not _is_over(refusal):
                raise
            # What was begun has expired; it was not completed, so it is not in the chat.
            entry = self._new(before)
            self._take_all(file, before, entry, interruption)
        return entry

    def _take_all(
        self, file: BinaryIO, before: os.stat_result, entry: Entry, interruption: Interruption
    ) -> None:
        if entry.step is None:
            self._note(entry, BEGUN)

        def put(place: tuple[str, dict[str, Any]]) -> None:
            self.moved.bytes = 0
            file.seek(0)
            self._put(file, before.st_size, place[1])

        entry.attachment_id, _ = with_fresh_urls(
            self._client, lambda: self._start(entry, before.st_size), put
        )
        after = os.fstat(file.fileno())
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise _changed()
        interruption.hold()
        try:
            self.in_doubt = True
            self._note(entry, COMPLETING)
            self._complete(entry)
            self._note(entry, COMPLETED)
        finally:
            interruption.release()

    def _went_through(self, entry: Entry, interruption: Interruption) -> bool:
        """Learn what became of a completion whose end nobody saw, by asking for it again."""
        interruption.hold()
        try:
            self.in_doubt = True
            self._complete(entry)
        except RefusedError as error:
            if error.code in _UNKNOWN:
                self.in_doubt = False
                return False
            if error.code != "ConflictException":
                raise
            # Completed already, or under way without an end: it counts once it can be fetched.
            if not self._is_there(entry.attachment_id):
                raise
        finally:
            interruption.release()
        self._note(entry, COMPLETED)
        return True

    def _is_there(self, attachment_id: str) -> bool:
        try:
            self._participant.call(_GET, {"AttachmentId": attachment_id})
        except RefusedError:
            return False
        return True

    def _note(self, entry: Entry, step: str) -> None:
        if self._journal is not None:
            self._journal.record(entry, step)
        entry.step = step

    def _start(self, entry: Entry, size: int) -> tuple[str, dict[str, Any]]:
        answer = self._participant.call(
            _START,
            {
                "ContentType": self._content_type,
                "AttachmentSizeInBytes": size,
                "AttachmentName": self._source.name,
                "ClientToken": entry.start_token,
            },
        )
        invitation = answer.get("UploadMetadata") or {}
        if not (answer.get("AttachmentId") and invitation.get("Url")):
            raise CommandError("the service named no place to upload to")
        return answer["AttachmentId"], invitation

    def _put(self, file: BinaryIO, size: int, invitation: dict[str, Any]) -> None:
        headers = dict(invitation.get("HeadersToInclude") or {})
        if "content-length" not in {name.lower() for name in headers}:
            headers["Content-Length"] = str(size)
        url = invitation["Url"]
        reach = self._client.reach
        with Exchange("PUT", url, headers.items(), reach, without_query(url)) as exchange:
            try:
                for piece in _pieces(file, size):
                    exchange.send(piece)
                    self.moved.bytes += len(piece)
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

    def _complete(self, entry: Entry) -> None:
        times = self._client.attempts()
        for _ in times:
            try:
                self._participant.call(
                    _COMPLETE,
                    {"AttachmentIds": [entry.attachment_id], "ClientToken": entry.complete_token},
                )
            except RefusedError as error:
                # An earlier try, whose answer was lost, may still be at work.
                if error.code != "ConflictException" or times.are_over:
                    raise
            else:
                return


def require_same_chat(participant: Participant, journal: Journal) -> None:
    """Raise CommandError where the chat does not know what was attached to it."""
    last = journal.last_completed
    if last is None:
        return
    try:
        participant.call(_GET, {"AttachmentId": last.attachment_id})
    except RefusedError as error:
        if error.code not in _UNKNOWN:
            raise
        raise CommandError(
            f"--resume {journal.path}: it tells of the attachment {last.attachment_id}, which this "
            "chat does not have; take another file for another chat"
        ) from None


def _pieces(file: BinaryIO, left: int) -> Iterator[bytes]:
    while left:
        piece = file.read(min(_PIECE, left))
        if not piece:
            raise _changed()
        left -= len(piece)
        yield piece


def _is_over(refusal: RefusedError | StorageError) -> bool:
    if isinstance(refusal, StorageError):
        return refusal.http_status == 403
    return refusal.code in _UNKNOWN


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that the file system took and nobody can read
        return False
    return True


def _changed() -> CommandError:
    return CommandError("the file changed while it was being uploaded, so it was not completed")
