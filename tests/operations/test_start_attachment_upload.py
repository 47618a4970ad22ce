"""StartAttachmentUpload over the wire."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest

from openparticipant.limits import ATTACHMENT_SIZE, MINUTE
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server

# The names that AWS's iOS client lets through, in its spelling; it drops every other.
IOS_NAMES = {
    "Content-Encoding",
    "Content-Type",
    "Content-Length",
    "Content-Disposition",
    "x-amz-acl",
    "x-amz-meta-contact_id",
    "x-amz-meta-initial_contact_id",
    "x-amz-meta-organization_id",
    "x-amz-meta-account_id",
    "x-amz-expected-bucket-owner",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-context",
}


def test_the_answer_has_what_every_client_reads(server: Server) -> None:
    """An id, a URL, its expiry and the headers, all within the lengths of the model."""
    chat = server.start_chat()

    answer = chat.start_upload("report.txt").json

    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer["AttachmentId"])
    metadata = answer["UploadMetadata"]
    assert metadata["Url"].startswith(f"{server.url}/attachments/connect/instance/")
    assert len(metadata["Url"]) <= 2000
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", metadata["UrlExpiry"])
    headers = metadata["HeadersToInclude"]
    assert headers["Content-Type"] == "text/plain"
    assert headers["Content-Length"] == "5"
    assert headers["Content-Disposition"] == 'attachment; filename="report.txt"'
    assert headers["x-amz-meta-contact_id"] == chat.contact_id
    assert headers.keys() <= IOS_NAMES
    assert all(value.isascii() and 1 <= len(value) <= 256 for value in headers.values())


def test_a_repeated_client_token_reserves_one_attachment(server: Server) -> None:
    """A client that never saw our answer may ask again, gets the same id and a URL that works."""
    chat = server.start_chat()

    first = chat.start_upload(ClientToken="t-1")
    again = chat.start_upload(ClientToken="t-1")
    other = chat.start_upload(ClientToken="t-2")

    assert first.json["AttachmentId"] == again.json["AttachmentId"]
    assert other.json["AttachmentId"] != first.json["AttachmentId"]
    assert chat.upload(again).status == 200


def test_a_repeat_long_after_still_gets_a_url_that_works(
    server: Server, clock: SettableClock
) -> None:
    """The first URL may have expired before the client asks again."""
    chat = server.start_chat()
    first = chat.start_upload(ClientToken="t")
    clock.advance(20 * MINUTE)

    again = chat.start_upload(ClientToken="t")

    assert again.json["AttachmentId"] == first.json["AttachmentId"]
    assert chat.upload(first).status == 403
    assert chat.upload(again).status == 200
    assert chat.complete(first.json["AttachmentId"]).status == 200


@pytest.mark.parametrize(
    "other",
    [{"AttachmentName": "b.txt"}, {"AttachmentSizeInBytes": 6}, {"ContentType": "text/csv"}],
    ids=["name", "size", "type"],
)
def test_a_client_token_names_one_file(server: Server, other: dict[str, Any]) -> None:
    """The same token with other parameters is a mistake of the client's, not a new file."""
    chat = server.start_chat()
    name = "a.csv"
    chat.start_upload(name, ContentType="text/plain", ClientToken="t")

    answer = chat.start_upload(name, **{"ClientToken": "t", **other})

    assert (answer.status, answer.error) == (400, "ValidationException")
    assert "ClientToken" in answer.json["Message"]


def test_client_tokens_belong_to_their_participant(server: Server) -> None:
    """Two participants may choose the same token."""
    chat = server.start_chat()
    agent = chat.join()

    ours, theirs = chat.start_upload(ClientToken="t"), agent.start_upload(ClientToken="t")

    assert ours.json["AttachmentId"] != theirs.json["AttachmentId"]


def test_a_contact_holds_35_attachments(server: Server, clock: SettableClock) -> None:
    """The next is refused with 402 until a reservation has lapsed; repeats are answered before."""
    chat = server.start_chat()
    for number in range(35):
        assert chat.start_upload(ClientToken=f"t-{number}").status == 200

    full = chat.start_upload(ClientToken="t-35")
    repeat = chat.start_upload(ClientToken="t-3")
    clock.advance(16 * MINUTE)
    after = chat.start_upload(ClientToken="t-35")

    assert (full.status, full.error) == (402, "ServiceQuotaExceededException")
    assert "35" in full.json["Message"]
    assert repeat.status == 200
    assert after.status == 200


def test_refused_names_cost_no_quota(server: Server) -> None:
    """What was refused does not count against the 35."""
    chat = server.start_chat()
    for _ in range(40):
        assert chat.start_upload("a.exe").status == 400

    assert chat.start_upload().status == 200


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a/b.txt", "slash"),
        ("a\\b.txt", "backslash"),
        ("a\u0007.txt", "U+0007"),
        ("a\u202etxt.exe.txt", "U+202E"),
        ("a\u2066b.txt", "U+2066"),
        ("a\u2028b.txt", "U+2028"),
        ("noextension", "extension"),
        (".txt", "extension"),
        ("a.", "extension"),
        ("a.exe", ".exe"),
        ("a.txt.exe", ".exe"),
        ("a.txt ", "cannot be attached"),
    ],
)
def test_names_that_cannot_be_shown_or_saved_are_refused(
    server: Server, name: str, said: str
) -> None:
    """The text tells the person what is wrong with the name."""
    answer = server.start_chat().start_upload(name)

    assert (answer.status, answer.error) == (400, "ValidationException")
    assert said in answer.json["Message"]


@pytest.mark.parametrize(
    "name",
    [
        "👩‍👩‍👧‍👦 family.txt",
        'say "hi", please.txt',
        "Screenshot 2026-01-31 at 10.15.00\u202fPM.txt",
        "a.b.c.d.TXT",
        "räksmörgås.txt",
        "x" * 252 + ".txt",
        "報" * 252 + ".txt",
        "%2e%2e%2fetc.txt",
        "; rm -rf.txt",
    ],
)
def test_any_other_name_is_kept_exactly(server: Server, name: str) -> None:
    """The header may abbreviate it; the transcript has it to the letter."""
    chat = server.start_chat()
    attachment_id = chat.attach(name)

    items = server.call(lambda: server.node.ports.store.items(chat.contact_id, after=0, limit=9))

    assert [item.attachment.name for item in items if item.attachment] == [name]
    assert chat.download(attachment_id).body == b"hello"


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("text/plain", 200),
        ("TEXT/Plain; charset=utf-8", 200),
        ("application/octet-stream", 200),
        ("image/png", 400),
        ("text", 400),
        ("text/plain\r\nx: y", 400),
        ("text/plä", 400),
    ],
)
def test_the_content_type_must_fit_the_extension(
    server: Server, content_type: str, status: int
) -> None:
    """Case and parameters do not matter; what cannot be a header is refused."""
    assert server.start_chat().start_upload(ContentType=content_type).status == status


def test_sizes_end_where_the_operator_says(server: Server) -> None:
    """The largest allowed passes; one byte more is refused in words a person understands."""
    chat = server.start_chat()

    largest = chat.start_upload(AttachmentSizeInBytes=ATTACHMENT_SIZE)
    larger = chat.start_upload(AttachmentSizeInBytes=ATTACHMENT_SIZE + 1)

    assert largest.status == 200
    assert larger.status == 400
    assert larger.json["Message"] == "Files cannot exceed 20 MB."


def test_attachments_can_be_switched_off_for_an_instance() -> None:
    """There the operation is denied, whatever the file."""
    with Server(log=io.BytesIO(), instances_without_attachments="instance") as server:
        answer = server.start_chat().start_upload()

    assert (answer.status, answer.error) == (403, "AccessDeniedException")


def test_the_operator_sets_types_and_sizes() -> None:
    """A custom extension takes any well-formed type."""
    with Server(log=io.BytesIO(), attachment_extensions="dwg,txt", attachment_size="10") as server:
        chat = server.start_chat()

        assert chat.start_upload("plan.DWG", ContentType="image/vnd.dwg").status == 200
        assert chat.start_upload("a.png", ContentType="image/png").status == 400
        assert chat.start_upload(AttachmentSizeInBytes=11).status == 400


def test_client_tokens_outlive_a_restart(tmp_path: Path) -> None:
    """What was answered is remembered by the next process on the same data directory."""
    clock = SettableClock()
    with Server(tmp_path, clock=clock, log=io.BytesIO()) as server:
        chat = server.start_chat()
        first = chat.start_upload(ClientToken="t")
    with Server(tmp_path, clock=clock, log=io.BytesIO()) as server:
        chat = type(chat)(
            server,
            chat.contact_id,
            chat.participant_id,
            chat.participant_token,
            chat.connection_token,
        )

        again = chat.start_upload(ClientToken="t")

        assert again.json["AttachmentId"] == first.json["AttachmentId"]
