"""StartAttachmentUpload with input that somebody may well send."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openparticipant.domain.transcript import TranscriptItem
from openparticipant.testing.chat import Answer, Chat
from tests.contents.filler import filled
from tests.fuzz.judge import judge

PATH = "start-attachment-upload"
GOOD = {"AttachmentName": "a.txt", "AttachmentSizeInBytes": 5, "ContentType": "text/plain"}


def refused(answer: Answer) -> None:
    """Check that an answer is a whole ValidationException with words for a person."""
    judge(answer.status, answer.headers, answer.body)
    assert (answer.status, answer.error) == (400, "ValidationException"), answer.body
    assert answer.json["Message"].endswith(".")


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "blank": b"  \n",
    "an opened brace": b"{",
    "a trailing comma": b'{"AttachmentName":"a.txt",}',
    "single quotes": b"{'AttachmentName':'a.txt'}",
    "two values": b"{}{}",
    "an array": b"[]",
    "null": b"null",
    "a string": b'"a.txt"',
    "a number": b"12",
    "NaN": b'{"AttachmentSizeInBytes":NaN}',
    "form data": b"AttachmentName=a.txt&AttachmentSizeInBytes=5",
    "UTF-16": json.dumps(GOOD).encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(GOOD).encode(),
    "2,000 arrays deep": b"[" * 2000 + b"]" * 2000,
    "2,000 objects deep": b'{"a":' * 2000 + b"1" + b"}" * 2000,
    "2,000 levels in a member": b'{"AttachmentName":' + b"[" * 2000 + b"]" * 2000 + b"}",
    "2,000 levels in an unknown member": json.dumps(GOOD).encode()[:-1]
    + b',"X":'
    + b"[" * 2000
    + b"]" * 2000
    + b"}",
    "100,000 levels never closed": b"[" * 100_000,
    "bad UTF-8 in a name": b'{"AttachmentName":"\xff.txt","AttachmentSizeInBytes":5,"ContentType":"text/plain"}',
    "half a character": b'{"AttachmentName":"\xf0\x9f\x98.txt","AttachmentSizeInBytes":5,"ContentType":"text/plain"}',
    "overlong UTF-8": b'{"AttachmentName":"\xc0\xaf.txt","AttachmentSizeInBytes":5,"ContentType":"text/plain"}',
    "half a surrogate pair": b'{"AttachmentName":"\\ud83d.txt","AttachmentSizeInBytes":5,"ContentType":"text/plain"}',
    "U+0000 as it is": b'{"AttachmentName":"a\0.txt","AttachmentSizeInBytes":5,"ContentType":"text/plain"}',
    "U+0000 escaped": b'{"AttachmentName":"a\\u0000.txt","AttachmentSizeInBytes":5,"ContentType":"text/plain"}',
    "U+0000 in an unknown member": json.dumps(GOOD).encode()[:-1] + b',"X":"\\u0000"}',
    "U+0000 in an unknown name": json.dumps(GOOD).encode()[:-1] + b',"\\u0000":1}',
    "U+0000 in a client token": json.dumps(GOOD).encode()[:-1] + b',"ClientToken":"\\u0000"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_body_that_is_no_request_is_refused(chat: Chat, body: bytes) -> None:
    """A body that does not spell a request is a ValidationException in words."""
    refused(chat.call(PATH, body))


MEMBERS: dict[str, dict[str, Any]] = {
    "no name": {"AttachmentName": ...},
    "no size": {"AttachmentSizeInBytes": ...},
    "no type": {"ContentType": ...},
    "name null": {"AttachmentName": None},
    "name a number": {"AttachmentName": 5},
    "name a list": {"AttachmentName": ["a.txt"]},
    "name empty": {"AttachmentName": ""},
    "name of 257 characters": {"AttachmentName": "a" * 253 + ".txt"},
    "name of 100,000 characters": {"AttachmentName": "a" * 100_000 + ".txt"},
    "size 0": {"AttachmentSizeInBytes": 0},
    "size -1": {"AttachmentSizeInBytes": -1},
    "size 10^20": {"AttachmentSizeInBytes": 10**20},
    "size 10^400": {"AttachmentSizeInBytes": 10**400},
    "size 2^63": {"AttachmentSizeInBytes": 2**63},
    "size 1.5": {"AttachmentSizeInBytes": 1.5},
    "size 1e300": {"AttachmentSizeInBytes": 1e300},
    "size a string": {"AttachmentSizeInBytes": "5"},
    "size true": {"AttachmentSizeInBytes": True},
    "size null": {"AttachmentSizeInBytes": None},
    "a byte above 20 MiB": {"AttachmentSizeInBytes": 20 * 1024 * 1024 + 1},
    "type empty": {"ContentType": ""},
    "type of 256 characters": {"ContentType": "text/" + "p" * 251},
    "type without a slash": {"ContentType": "plain"},
    "type with a line break": {"ContentType": "text/plain\r\nX-Evil: 1"},
    "type with a letter beyond ASCII": {"ContentType": "text/plaïn"},
    "type of another kind of file": {"ContentType": "image/png"},
    "client token empty": {"ClientToken": ""},
    "client token of 501 characters": {"ClientToken": "t" * 501},
    "client token a number": {"ClientToken": 5},
}


@pytest.mark.parametrize("members", MEMBERS.values(), ids=MEMBERS.keys())
def test_member_out_of_bounds_is_refused(chat: Chat, members: dict[str, Any]) -> None:
    """Each constraint of the model is held, whichever member breaks it."""
    body = {name: value for name, value in {**GOOD, **members}.items() if value is not ...}
    refused(chat.call(PATH, body))


REFUSED_NAMES: dict[str, str] = {
    "a slash": "a/b.txt",
    "the way up": "../a.txt",
    "a backslash": "a\\b.txt",
    "a tab": "a\tb.txt",
    "a line feed": "a\nb.txt",
    "a carriage return": "a\r.txt",
    "delete": "a\x7f.txt",
    "a C1 control": "a\x85.txt",
    "a line separator": "a\u2028.txt",
    "a paragraph separator": "a\u2029.txt",
    "a right-to-left override": "a\u202etxt.exe.txt",
    "a left-to-right override": "a\u202d.txt",
    "an embedding": "a\u202a.txt",
    "an isolate": "a\u2066.txt",
    "no extension": "readme",
    "a dot at the end": "readme.",
    "only an extension": ".txt",
    "only dots": "...",
    "an extension not allowed": "run.exe",
    "an extension hidden by another": "a.txt.exe",
    "a space behind the extension": "a.txt ",
}


@pytest.mark.parametrize("name", REFUSED_NAMES.values(), ids=REFUSED_NAMES.keys())
def test_name_that_could_mislead_is_refused(chat: Chat, name: str) -> None:
    """No name gets in that a file system or a reader would take for another."""
    refused(chat.call(PATH, {**GOOD, "AttachmentName": name}))


KEPT_NAMES: dict[str, tuple[str, str]] = {
    "plain": ("a.txt", "text/plain"),
    "emoji with joiners": ("👩‍👩‍👧‍👦 and ❤️.txt", "text/plain"),
    "a flag": ("🏴󠁧󠁢󠁳󠁣󠁴󠁿.txt", "text/plain"),
    "double quotes": ('the "final" one.txt', "text/plain"),
    "single quotes": ("it's.txt", "text/plain"),
    "commas and semicolons": ("a, b; c.txt", "text/plain"),
    "percent signs": ("100%25 %2e%2e.txt", "text/plain"),
    "a narrow no-break space": ("Screenshot 9.41.07\u202fPM.png", "image/png"),
    "several dots": ("a.exe.tar.txt", "text/plain"),
    "many dots": ("a...txt", "text/plain"),
    "an extension in capitals": ("A.TXT", "text/plain"),
    "right to left": ("שלום عالم.txt", "text/plain"),
    "a decomposed accent": ("re\u0301sume\u0301.txt", "text/plain"),
    "256 characters": ("a" * 252 + ".txt", "text/plain"),
    "256 wide characters": ("😀" * 252 + ".txt", "text/plain"),
    "a space in front": (" a.txt", "text/plain"),
    "markup": ("<img src=x onerror=alert(1)>.txt", "text/plain"),
    "a type that fits anything": ("a.pdf", "application/octet-stream"),
    "a type in capitals": ("a.pdf", "Application/PDF"),
    "a type with a parameter": ("a.txt", "text/plain; charset=utf-8"),
    "the last extension decides": ("a.png.csv", "text/csv"),
}


@pytest.mark.parametrize(
    ("name", "content_type"), KEPT_NAMES.values(), ids=[f"{it}" for it in KEPT_NAMES]
)
def test_name_is_kept_exactly(chat: Chat, name: str, content_type: str) -> None:
    """A harmless name goes all the way: accepted, uploaded, shown as it is, downloaded."""
    content = filled(name.rpartition(".")[2].lower().replace("csv", "txt"), 500)
    started = chat.start_upload(name, content, ContentType=content_type)
    assert started.status == 200, started.body
    headers = started.json["UploadMetadata"]["HeadersToInclude"]
    assert all(value.isascii() and 1 <= len(value) <= 256 for value in headers.values())
    assert chat.upload(started, content).status == 200
    attachment_id = started.json["AttachmentId"]
    assert chat.complete(attachment_id).status == 200
    downloaded = chat.download(attachment_id)
    assert (downloaded.status, downloaded.body) == (200, content)
    assert downloaded.headers["content-type"] == content_type
    (item,) = items_of(chat)
    assert item.attachment is not None
    assert (item.attachment.name, item.attachment.content_type) == (name, content_type)


def items_of(chat: Chat) -> list[TranscriptItem]:
    """Return the transcript of a chat, from behind the wire."""
    store = chat.server.node.ports.store
    return chat.server.call(lambda: store.items(chat.contact_id, after=0, limit=100))


def test_unknown_members_are_ignored(chat: Chat) -> None:
    """A newer SDK's members change nothing, whatever they hold."""
    more = {"Colour": "red", "": None, "Deep": {"a": [{"b": 1}]}, "attachmentName": "b.exe"}
    assert chat.call(PATH, {**GOOD, **more}).status == 200


def test_repeated_member_counts_last(chat: Chat) -> None:
    """Of two members of one name the last counts, as in AWS's own SDKs."""
    body = json.dumps(GOOD).replace("{", '{"AttachmentName": "b.exe", ')
    assert chat.call(PATH, body.encode()).status == 200


@pytest.mark.parametrize("size", [1, 20 * 1024 * 1024])
def test_sizes_at_the_bounds_are_accepted(chat: Chat, size: int) -> None:
    """One byte and exactly 20 MiB may be announced."""
    answer = chat.call(PATH, {**GOOD, "AttachmentSizeInBytes": size})
    assert answer.status == 200
    included = answer.json["UploadMetadata"]["HeadersToInclude"]
    assert included["Content-Length"] == str(size)
