"""A file is what it says, and does no harm to whoever opens it."""

from __future__ import annotations

import pytest

from openparticipant.system import SystemClock
from openparticipant.testing.chat import Chat
from openparticipant.testing.clock import START
from tests.contents.samples import jpeg, office, png, zipped
from tests.contents.test_active import ACTIVE
from tests.contents.test_bounds import nested
from tests.engines.s3 import S3Server
from tests.promises.place import Place, opened
from tests.promises.promise import promise


def refused(place: Place, chat: Chat, name: str, content: bytes) -> str:
    """Upload a file; see that it is refused at Complete and lies nowhere for others; return why."""
    started = chat.start_upload(name, content, ContentType="application/octet-stream")
    assert started.status == 200, started.body
    assert chat.upload(started, content).status == 200
    attachment_id = started.json["AttachmentId"]
    answer = chat.complete(attachment_id)
    assert (answer.status, answer.error) == (400, "ValidationException"), (name, answer.body)
    assert chat.call("attachment", {"AttachmentId": attachment_id}).status == 400
    (staged,) = place.objects_of(attachment_id)
    assert place.bucket is None or "/staging/" in staged
    message: str = answer.json["Message"]
    return message


@promise(20)
def test_bytes_are_what_was_announced(place: Place, chat: Chat) -> None:
    """A page is no picture, a sheet no letter; the refusal names both types."""
    page = b"<html><script>alert(1)</script></html>"
    said = refused(place, chat, "a.png", page)
    assert said == "The bytes of the file are text/html; image/png was announced."
    said = refused(place, chat, "a.png", jpeg())
    assert said == "The bytes of the file are image/jpeg; image/png was announced."
    assert "application/pdf was announced" in refused(place, chat, "a.pdf", b"no document")
    assert "spreadsheetml" in refused(place, chat, "a.docx", office("xl"))
    started = chat.start_upload("a.png", png(), ContentType="image/png")
    assert chat.upload(started, png()).status == 200
    assert chat.complete(started.json["AttachmentId"]).status == 200


@promise(20)
@pytest.mark.parametrize("found", sorted(ACTIVE))
def test_what_a_machine_would_run_passes_under_no_name(built_in: Place, found: str) -> None:
    """Pages, drawings with scripts, programs and shortcuts."""
    chat = built_in.server.start_chat()
    for content in ACTIVE[found]:
        assert found in refused(built_in, chat, "a.txt", content)


@promise(22)
def test_archives_are_bounded(bucket: S3Server | None) -> None:
    """In entries, ratio, depth, and where their entries would land."""
    now = SystemClock().now() if bucket else START
    with opened(bucket, now, attachment_extensions="zip,docx,txt") as place:
        chat = place.server.start_chat()
        many = zipped({f"{number}": b"" for number in range(10_001)})
        assert "10000 entries" in refused(place, chat, "a.zip", many)
        bomb = zipped({f"{number}": bytes(2**24) for number in range(4)})
        assert "100 times" in refused(place, chat, "a.zip", bomb)
        assert "deep" in refused(place, chat, "a.zip", nested(6))
        assert "outside" in refused(place, chat, "a.zip", zipped({"../../x": b"x"}))
        assert "deep" in refused(place, chat, "a.docx", office("word", **{"word/a.bin": nested(4)}))


@promise(23)
def test_a_flood_of_pixels_is_refused(place: Place, chat: Chat) -> None:
    """By a header of a few bytes; nobody decodes it to see."""
    assert "50000 x 50000" in refused(place, chat, "a.png", png(50_000, 50_000))
    assert "65535 x 65535" in refused(place, chat, "a.jpg", jpeg(65_535, 65_535))
