"""Who gets at a file, and when."""

from __future__ import annotations

import uuid

from openparticipant.testing.chat import Chat, post
from tests.promises.place import Place, send
from tests.promises.promise import promise


@promise(12)
def test_who_left_uploads_nothing(place: Place, chat: Chat) -> None:
    """An agent's URL dies with their participation, while the chat goes on."""
    agent = chat.join()
    upload = place.invite(agent)
    assert agent.call("disconnect").status == 200
    nothing_comes_of(place, agent, upload.put().status)
    assert upload.complete().status == 403
    assert chat.call("attachment", {"AttachmentId": upload.attachment_id}).status == 400
    assert chat.say("still here").status == 200


@promise(12)
def test_an_ended_chat_takes_no_upload(place: Place, chat: Chat) -> None:
    """Whoever ended it."""
    upload, second = place.invite(chat), place.invite(chat)
    assert second.put().status == 200
    assert chat.stop().status == 200
    nothing_comes_of(place, chat, upload.put().status)
    assert upload.complete().status == 403
    assert second.complete().status == 403


def nothing_comes_of(place: Place, chat: Chat, put: int) -> None:
    """See what such a PUT and another Start get; what a bucket takes lies where nobody reads."""
    assert put == (200 if place.bucket else 403)
    started = chat.start_upload()
    assert (started.status, started.error) == (403, "AccessDeniedException")


@promise(12)
def test_a_download_url_dies_with_the_chat(built_in: Place) -> None:
    """However long it was to live."""
    chat = built_in.server.start_chat()
    asked = {"AttachmentId": chat.attach(), "UrlExpiryInSeconds": 300}
    url = chat.call("attachment", asked).json["Url"]
    assert send("GET", url, {}).body == b"hello"
    assert chat.stop().status == 200
    assert send("GET", url, {}).status == 403


@promise(14)
def test_a_stranger_learns_nothing(place: Place, chat: Chat) -> None:
    """Neither a URL nor whether there is such a file."""
    attachment_id = chat.attach()
    stranger = place.server.start_chat()
    foreign = stranger.call("attachment", {"AttachmentId": attachment_id})
    unknown = stranger.call("attachment", {"AttachmentId": str(uuid.uuid4())})
    assert (foreign.status, foreign.error) == (unknown.status, unknown.error)
    assert foreign.status == 400
    assert foreign.body == unknown.body
    assert foreign.headers.keys() == unknown.headers.keys()
    assert stranger.complete(attachment_id).body == stranger.complete(str(uuid.uuid4())).body


@promise(15)
def test_ids_cannot_be_guessed(built_in: Place) -> None:
    """A hundred thousand have no double, no order, and each of 122 bits is a coin's."""
    ids = built_in.server.node.ports.ids
    made = [ids.uuid() for _ in range(100_000)]
    assert len(set(made)) == len(made)
    assert made != sorted(made)
    numbers = [uuid.UUID(it).int for it in made]
    fixed = 0
    for bit in range(128):
        share = sum(number >> bit & 1 for number in numbers) / len(numbers)
        if share in {0.0, 1.0}:
            fixed += 1
        else:
            assert 0.49 < share < 0.51, (bit, share)
    assert fixed == 6  # version and variant of RFC 9562

    chat = built_in.server.start_chat()
    given = [chat.contact_id, chat.participant_id, chat.start_upload().json["AttachmentId"]]
    assert {uuid.UUID(it).version for it in given} == {4}
    tokens = {chat.participant_token, chat.connection_token, chat.join().connection_token}
    assert len(tokens) == 3
    assert all(len(bytes.fromhex(token)) == 32 for token in tokens)


@promise(51)
def test_an_authorization_header_changes_nothing(place: Place, chat: Chat) -> None:
    """The token decides, whether an SDK signs, does not, or signs with nonsense."""
    asked = {"AttachmentName": "a.txt", "AttachmentSizeInBytes": 5, "ContentType": "text/plain"}
    attachment_id = chat.attach()
    signed = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/execute-api/aws4_request, "
    signed += f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
    for more in ({}, {"authorization": signed}, {"authorization": "nonsense"}):
        started = chat.call("start-attachment-upload", asked, **more)
        assert started.status == 200, started.body
        assert started.json.keys() == {"AttachmentId", "UploadMetadata"}
        assert chat.upload(started).status == 200
        got = chat.call("attachment", {"AttachmentId": attachment_id}, **more)
        assert send("GET", got.json["Url"], {}).body == b"hello"
        wrong = post(
            place.server, "/participant/transcript", {}, **{"x-amz-bearer": "0" * 64}, **more
        )
        assert (wrong.status, wrong.json["Message"]) == (403, "Access denied")
