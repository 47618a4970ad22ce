"""What becomes of such a file at CompleteAttachmentUpload, by the instance's mode."""

from __future__ import annotations

import io
import json

import pytest

from openparticipant.setting_table import SETTINGS
from openparticipant.testing.chat import Answer, Chat
from openparticipant.testing.server import Server
from tests.contents.samples import jpeg, office, png
from tests.scanning.judge import files, metric, readiness

PAGE = b"<html><script>alert(1)</script></html>"
SAID = "The bytes of the file are text/html; image/png was announced."


def completed(chat: Chat, content: bytes) -> tuple[str, Answer]:
    """Take a file that says it is a picture to CompleteAttachmentUpload."""
    started = chat.start_upload("a.png", content, ContentType="image/png")
    assert chat.upload(started, content).status == 200
    attachment_id: str = started.json["AttachmentId"]
    return attachment_id, chat.complete(attachment_id)


def test_a_refused_file_may_be_put_again() -> None:
    """It is as if it had not been uploaded: nobody sees it, and the right bytes take its place."""
    with Server(log=io.BytesIO()) as server:
        chat = server.start_chat()
        picture = png() + bytes(10)
        started = chat.start_upload("a.png", picture, ContentType="image/png")
        page = PAGE.ljust(len(picture))
        assert chat.upload(started, page).status == 200
        attachment_id = started.json["AttachmentId"]
        for _ in range(2):
            refused = chat.complete(attachment_id, "once")
            assert (refused.status, refused.error) == (400, "ValidationException")
            assert refused.json["Message"] == SAID
        assert chat.call("attachment", {"AttachmentId": attachment_id}).status == 400
        assert len(files(server)) == 1  # what is staged, and no second one
        assert metric(server, 'openparticipant_content_faults_total{fault="active"}') == 2

        assert chat.upload(started, picture).status == 200
        assert chat.complete(attachment_id, "once").status == 200
        assert chat.download(attachment_id).body == picture
        items = chat.transcript(MaxResults=100).json["Transcript"]
        assert sum(item["Type"] == "ATTACHMENT" for item in items) == 1


def test_each_instance_has_its_mode() -> None:
    """Refused as it comes, passed with a warning, or not looked at."""
    log = io.BytesIO()
    with Server(log=log, content_check="enforce,lenient=warn,blind=off") as server:
        strict, lenient, blind = (
            server.start_chat(InstanceId=instance) for instance in ("instance", "lenient", "blind")
        )
        assert completed(strict, PAGE)[1].json["Message"] == SAID
        for chat in (lenient, blind):
            attachment_id, answer = completed(chat, PAGE)
            assert answer.status == 200
            assert chat.download(attachment_id).body == PAGE
        assert metric(server, 'openparticipant_content_faults_total{fault="active"}') == 2
        assert readiness(server)["status"] == "ready"
    told = [json.loads(line) for line in log.getvalue().splitlines()]
    assert sum(SAID in str(line.get("reason")) for line in told) == 1


def test_the_mode_of_all_may_be_another(caplog: pytest.LogCaptureFixture) -> None:
    """And single instances are stricter."""
    with Server(log=io.BytesIO(), content_check="warn,instance=enforce") as server:
        assert completed(server.start_chat(), jpeg())[1].status == 400
        attachment_id, answer = completed(server.start_chat(InstanceId="other"), jpeg())
        assert answer.status == 200
    (warning,) = [it.getMessage() for it in caplog.records if attachment_id in it.getMessage()]
    assert "image/jpeg; image/png was announced" in warning


def test_office_files_are_read_from_the_store() -> None:
    """Large ones in pieces, as any object store gives them."""
    with Server(log=io.BytesIO()) as server:
        chat = server.start_chat()
        for name, content, status in (
            ("a.docx", office("word", **{"word/media/a.bin": bytes(range(256)) * 20_000}), 200),
            ("a.xlsx", office("word"), 400),
        ):
            started = chat.start_upload(name, content, ContentType="application/octet-stream")
            assert chat.upload(started, content).status == 200
            assert chat.complete(started.json["AttachmentId"]).status == status


@pytest.mark.parametrize(
    "text",
    ["", "on", "strict", "enforce,warn", "a=warn,off", "a=on", "=warn", "a b=warn", "enforce,"],
)
def test_other_words_are_refused(text: str) -> None:
    """Nobody believes that files are checked when they are not."""
    (setting,) = (it for it in SETTINGS if it.name == "content-check")
    with pytest.raises(ValueError, match="must"):
        setting.parse(text)
