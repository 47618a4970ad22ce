"""CompleteAttachmentUpload over the wire."""

from __future__ import annotations

import io
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor

from openparticipant.domain.attachment import Attachment
from openparticipant.limits import HOUR, MINUTE
from openparticipant.ports import StoredObject
from openparticipant.testing.chat import Chat
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.eventually import eventually


def items_of(chat: Chat) -> int:
    ports = chat.server.node.ports
    return len(chat.server.call(lambda: ports.store.items(chat.contact_id, after=0, limit=100)))


def look(server: Server, key: str) -> StoredObject | None:
    return server.call(lambda: server.node.ports.objects.look(key))


def test_before_the_put_it_is_refused_and_stays_pending(server: Server) -> None:
    """Browser clients complete even after a failed PUT, so this answer is all the user gets."""
    chat = server.start_chat()
    started = chat.start_upload()
    attachment_id = started.json["AttachmentId"]

    early = chat.complete(attachment_id, "c")
    chat.upload(started)
    late = chat.complete(attachment_id, "c")

    assert (early.status, early.error) == (400, "ValidationException")
    assert early.json["Message"] == "The file has not been uploaded yet."
    assert late.status == 200
    assert late.body == b"{}"
    assert items_of(chat) == 1


def test_the_same_client_token_may_complete_again(server: Server) -> None:
    """The repeat gets 200 and no second item; another token gets a conflict."""
    chat = server.start_chat()
    started = chat.start_upload()
    chat.upload(started)
    attachment_id = started.json["AttachmentId"]

    answers = [chat.complete(attachment_id, token).status for token in ("c", "c", "d", None)]

    assert answers == [200, 200, 409, 409]
    assert items_of(chat) == 1


def test_fifty_at_once_make_one_item() -> None:
    """Under one client token all succeed; the file appears once."""
    with Server(log=io.BytesIO()) as server:
        chat = server.start_chat()
        started = chat.start_upload()
        chat.upload(started)
        attachment_id = started.json["AttachmentId"]

        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda _: chat.complete(attachment_id, "c").status, range(50)))

        assert answers == [200] * 50
        assert items_of(chat) == 1


def test_only_the_uploader_completes(server: Server) -> None:
    """Another participant's id and an unknown id get the same answer, to the letter."""
    chat = server.start_chat()
    agent, stranger = chat.join(), server.start_chat()
    started = chat.start_upload()
    chat.upload(started)

    answers = [
        one.complete(attachment_id)
        for one, attachment_id in (
            (agent, started.json["AttachmentId"]),
            (stranger, started.json["AttachmentId"]),
            (chat, "nobody"),
        )
    ]

    assert {answer.status for answer in answers} == {400}
    assert len({answer.body for answer in answers}) == 1


def test_exactly_one_id_at_a_time(server: Server) -> None:
    """None and two are refused."""
    chat = server.start_chat()

    for ids in ([], ["a", "b"]):
        answer = chat.call("complete-attachment-upload", {"AttachmentIds": ids})
        assert (answer.status, answer.error) == (400, "ValidationException")


def test_after_it_the_url_is_dead_and_the_file_stays(server: Server) -> None:
    """A late PUT is refused with a reason and changes nothing."""
    chat = server.start_chat()
    started = chat.start_upload()
    chat.upload(started)
    attachment_id = started.json["AttachmentId"]
    chat.complete(attachment_id)

    late = chat.upload(started, b"HELLO")

    assert late.status == 403
    assert b"<Code>AccessDenied</Code>" in late.body
    assert chat.download(attachment_id).body == b"hello"


def test_until_then_the_last_whole_put_counts(server: Server) -> None:
    """A PUT may be repeated."""
    chat = server.start_chat()
    started = chat.start_upload()
    for content in (b"first", b"other", b"third"):
        assert chat.upload(started, content).status == 200

    chat.complete(started.json["AttachmentId"])

    assert chat.download(started.json["AttachmentId"]).body == b"third"


def test_staged_bytes_are_gone_once_complete(server: Server) -> None:
    """The file lies in one place, under a key that no upload URL can write."""
    chat = server.start_chat()
    started = chat.start_upload()
    chat.upload(started)
    attachment_id = started.json["AttachmentId"]
    staged = server.call(lambda: server.node.ports.store.staged(chat.contact_id, attachment_id))
    assert staged is not None
    assert look(server, staged.staging_key) is not None

    chat.complete(attachment_id)

    done = server.call(lambda: server.node.ports.store.staged(chat.contact_id, attachment_id))
    assert done is not None
    assert done.final_key is not None
    assert look(server, staged.staging_key) is None
    assert look(server, done.final_key) is not None


def test_it_may_come_after_the_url_expired(server: Server, clock: SettableClock) -> None:
    """The bytes are there; only the permission to send them has ended."""
    chat = server.start_chat()
    started = chat.start_upload()
    chat.upload(started)
    clock.advance(HOUR)

    assert chat.complete(started.json["AttachmentId"]).status == 200


def test_a_lapsed_reservation_is_counted_again(server: Server, clock: SettableClock) -> None:
    """Whoever let the URL expire finds the contact full, if others took the places."""
    chat = server.start_chat()
    started = chat.start_upload()
    chat.upload(started)
    clock.advance(16 * MINUTE)
    for _ in range(35):
        assert chat.start_upload().status == 200

    answer = chat.complete(started.json["AttachmentId"])

    assert (answer.status, answer.error) == (402, "ServiceQuotaExceededException")


def test_what_nobody_completes_vanishes(server: Server, clock: SettableClock) -> None:
    """After a day neither row nor bytes are left."""
    chat = server.start_chat()
    started = chat.start_upload()
    chat.upload(started)
    attachment_id = started.json["AttachmentId"]

    def staged_row() -> Awaitable[Attachment | None]:
        return server.node.ports.store.staged(chat.contact_id, attachment_id)

    staged = server.call(staged_row)
    assert staged is not None
    clock.advance(24 * HOUR + MINUTE)

    assert eventually(lambda: look(server, staged.staging_key) is None)
    assert server.call(staged_row) is None


def test_the_end_of_the_contact_ends_uploads(server: Server, clock: SettableClock) -> None:
    """The URL is dead, the token is dead, and what was staged is cleared."""
    chat = server.start_chat()
    started = chat.start_upload()
    chat.upload(started)
    attachment_id = started.json["AttachmentId"]
    staged = server.call(lambda: server.node.ports.store.staged(chat.contact_id, attachment_id))
    assert staged is not None

    chat.stop()
    clock.advance(MINUTE)

    assert chat.upload(started).status == 403
    assert chat.complete(attachment_id).status == 403
    assert eventually(lambda: look(server, staged.staging_key) is None)
