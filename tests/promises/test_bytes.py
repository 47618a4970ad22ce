"""What is uploaded is what was announced, whole, or nothing."""

from __future__ import annotations

import asyncio
import hashlib

from openparticipant.limits import MINUTE, UPLOAD_URL_LIFETIME
from openparticipant.testing.chat import Chat
from openparticipant.testing.raw_http import Answer, Wire
from tests.promises.place import Place, Upload
from tests.promises.promise import promise


def refused_and_nothing_stored(place: Place, upload: Upload, answer: Answer) -> None:
    """Look behind a refusal."""
    assert 400 <= answer.status < 500, answer.body
    assert place.objects_of(upload.attachment_id) == []
    completed = upload.complete()
    assert (completed.status, completed.error) == (400, "ValidationException")
    assert "not been uploaded" in completed.json["Message"]


@promise(1)
def test_one_byte_more_is_refused(place: Place, chat: Chat) -> None:
    """The length is part of what was signed."""
    upload = place.invite(chat)
    refused_and_nothing_stored(place, upload, upload.sending(b"hello!").put())


@promise(2)
def test_one_byte_less_is_refused(place: Place, chat: Chat) -> None:
    """Be it announced or not."""
    upload = place.invite(chat)
    refused_and_nothing_stored(place, upload, upload.sending(b"hell").put())

    async def hang_up_early() -> None:
        wire = await Wire.open(upload.url)
        await wire.head("PUT", upload.url, upload.headers)
        await wire.send(b"hell")
        await wire.close()

    asyncio.run(hang_up_early())
    assert upload.complete().status == 400
    assert place.objects_of(upload.attachment_id) == []
    assert upload.put().status == 200
    assert upload.complete().status == 200


@promise(3)
def test_a_body_without_a_length_is_refused(place: Place, chat: Chat) -> None:
    """Nobody can send more than the store would have counted."""
    upload = place.invite(chat)
    chunked = upload.without("Content-Length").having("Transfer-Encoding", "chunked")

    async def put() -> Answer:
        wire = await Wire.open(upload.url)
        await wire.head("PUT", upload.url, chunked.headers)
        await wire.send(b"5\r\nhello\r\n0\r\n\r\n")
        try:
            return await wire.answer()
        finally:
            await wire.close()

    answer = asyncio.run(put())
    assert answer.status == (403 if place.bucket else 411)
    refused_and_nothing_stored(place, upload, answer)


@promise(9)
def test_expiry_is_judged_at_the_first_byte(built_in: Place) -> None:
    """A slow line does not lose a file that was begun in time."""
    upload = built_in.invite(built_in.server.start_chat())

    async def outlast_the_url() -> int:
        wire = await Wire.open(upload.url)
        await wire.head("PUT", upload.url, {**upload.headers, "Expect": "100-continue"})
        assert await wire.status() == 100
        await wire.send(b"he")
        built_in.clock.advance(UPLOAD_URL_LIFETIME + MINUTE)
        await wire.send(b"llo")
        try:
            return (await wire.answer()).status
        finally:
            await wire.close()

    assert asyncio.run(outlast_the_url()) == 200
    assert upload.put().status == 403
    assert upload.complete().status == 200


@promise(10)
def test_until_complete_the_last_whole_put_counts(place: Place, chat: Chat) -> None:
    """A client may try again; a try that breaks off takes nothing away."""
    upload = place.invite(chat)
    assert upload.put().status == 200
    assert upload.sending(b"world").put().status == 200
    assert upload.sending(b"worse!").put().status == 403
    assert upload.complete().status == 200
    assert chat.download(upload.attachment_id).body == b"world"


@promise(11)
def test_after_complete_nothing_changes_the_file(place: Place, chat: Chat) -> None:
    """The built-in store refuses; to a bucket a late PUT goes where nobody reads."""
    upload = place.invite(chat)
    assert upload.put().status == 200
    assert upload.complete().status == 200
    late = upload.sending(b"world").put()
    assert late.status == (200 if place.bucket else 403)
    assert upload.complete("another").status == 409
    digest = hashlib.sha256(chat.download(upload.attachment_id).body).digest()
    assert digest == hashlib.sha256(b"hello").digest()
