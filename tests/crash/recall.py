"""Ask a restarted server for everything that was acknowledged, and finish what was begun."""

from __future__ import annotations

from tests.crash.ledger import Conversation, Ended, Upload
from tests.crash.line import Answer, Line, WrongAnswerError


def recall(line: Line, conversation: Conversation) -> None:
    """Hold the server to its promises in one conversation; raise WrongAnswerError.

    Whatever was begun and not completed is completed here: a crash must not wedge anything.
    """
    token = conversation.connection_token
    probe = line.participant("start-attachment-upload", token, {})
    if probe.status == 403 and conversation.ended is not Ended.NO:
        return
    probe.expect(400)
    if conversation.ended is Ended.ACKNOWLEDGED:
        raise WrongAnswerError("an acknowledged end is forgotten")
    for upload in conversation.uploads:
        _recall_upload(line, token, upload)


def _recall_upload(line: Line, token: str, upload: Upload) -> None:
    started = line.participant("start-attachment-upload", token, upload.proposal()).expect(200)
    if upload.attachment_id not in (None, started.json["AttachmentId"]):
        raise WrongAnswerError("a repeated ClientToken got another attachment")
    upload.attachment_id = started.json["AttachmentId"]
    if not upload.complete_asked:
        wanted = {"AttachmentId": upload.attachment_id}
        line.participant("attachment", token, wanted).expect(400)
    _finish(line, token, upload, started)
    downloaded = download(line, token, upload)
    if downloaded.body != upload.content:
        raise WrongAnswerError(f"other bytes came back: {upload.attachment_id}")


def _finish(line: Line, token: str, upload: Upload, started: Answer) -> None:
    """Repeat Complete under its token; only bytes that were never acknowledged may be missing."""
    excused = () if upload.stored else (400,)
    done = line.participant("complete-attachment-upload", token, upload.completion())
    if done.expect(200, *excused).status == 400:
        metadata = started.json["UploadMetadata"]
        headers = metadata["HeadersToInclude"]
        line.presigned("PUT", metadata["Url"], upload.content, headers).expect(200)
        upload.stored = True
        line.participant("complete-attachment-upload", token, upload.completion()).expect(200)
    upload.complete_asked = upload.completed = True


def download(line: Line, token: str, upload: Upload) -> Answer:
    """Fetch the bytes of a completed upload."""
    wanted = {"AttachmentId": upload.attachment_id}
    offered = line.participant("attachment", token, wanted).expect(200)
    return line.presigned("GET", offered.json["Url"]).expect(200)
