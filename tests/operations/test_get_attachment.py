"""GetAttachment over the wire."""

from __future__ import annotations

import pytest

from openparticipant.testing.chat import request
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server


def test_everyone_in_the_contact_may_fetch(server: Server) -> None:
    """Customer, agent and supervisor get the same bytes; the size is a number."""
    chat = server.start_chat()
    attachment_id = chat.attach(content=b"bytes")

    for reader in (chat, chat.join(), chat.join("SUPERVISOR")):
        answer = reader.call("attachment", {"AttachmentId": attachment_id})
        assert answer.json["AttachmentSizeInBytes"] == 5
        assert reader.download(attachment_id).body == b"bytes"


def test_a_custom_bot_may_upload_but_not_fetch(server: Server) -> None:
    """AWS documents the refusal; uploads are not mentioned and therefore allowed."""
    bot = server.start_chat().join("CUSTOM_BOT")
    attachment_id = bot.attach()

    answer = bot.call("attachment", {"AttachmentId": attachment_id})

    assert (answer.status, answer.error) == (403, "AccessDeniedException")


def test_pending_unknown_and_foreign_ids_look_the_same(server: Server) -> None:
    """Ids cannot be probed."""
    chat, stranger = server.start_chat(), server.start_chat()
    pending = chat.start_upload().json["AttachmentId"]
    approved = chat.attach()

    answers = [
        chat.call("attachment", {"AttachmentId": pending}),
        chat.call("attachment", {"AttachmentId": "nobody"}),
        stranger.call("attachment", {"AttachmentId": approved}),
    ]

    assert {answer.status for answer in answers} == {400}
    assert len({answer.body for answer in answers}) == 1


@pytest.mark.parametrize(("seconds", "status"), [(4, 400), (5, 200), (300, 200), (301, 400)])
def test_the_url_lives_as_long_as_asked(server: Server, seconds: int, status: int) -> None:
    """5 to 300 seconds, as the model says."""
    chat = server.start_chat()
    body = {"AttachmentId": chat.attach(), "UrlExpiryInSeconds": seconds}

    assert chat.call("attachment", body).status == status


def test_an_expired_url_is_refused(server: Server, clock: SettableClock) -> None:
    """In the words of S3."""
    chat = server.start_chat()
    body = {"AttachmentId": chat.attach(), "UrlExpiryInSeconds": 5}
    url = chat.call("attachment", body).json["Url"]
    clock.advance(6000)

    answer = request("GET", url)

    assert answer.status == 403
    assert b"Request has expired" in answer.body
