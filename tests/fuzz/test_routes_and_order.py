"""Addresses, methods and sizes that lead nowhere, and which check comes first."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from openparticipant.testing.chat import Answer, Chat, post, request
from openparticipant.testing.server import Server
from openparticipant.transport.bounds import Bounds
from openparticipant.wire.service import CONTROL, PARTICIPANT, Operation
from tests.fuzz.judge import judge
from tests.fuzz.raw import exchange, first_answer

START = "/participant/start-attachment-upload"
GOOD = {"AttachmentName": "a.txt", "AttachmentSizeInBytes": 5, "ContentType": "text/plain"}
TEN_MB = 10 * 1000 * 1000
OPERATIONS = (*PARTICIPANT, *CONTROL)


def is_error(answer: Answer, status: int, code: str) -> None:
    """Check that an answer is this error, in the service's form."""
    judge(answer.status, answer.headers, answer.body)
    assert (answer.status, answer.error) == (status, code), answer.body


UNKNOWN_PATHS = (
    "/",
    "/participant",
    "/participant/",
    "/participant/start-attachment-upload/",
    "/participant/Start-Attachment-Upload",
    "/participant/start%2Dattachment%2Dupload",
    "//participant/event",
    "/participant/../participant/event",
    "/participant/views",
    "/participant/views/",
    "/participant/views/a/b",
    "/contact",
    "/contact/chat/",
    "/contacts/instance",
    "/contacts//contact",
    "/attachments",
    "/robots.txt",
    "/%00",
    "/%ff%fe",
    "/" + "a" * 8000,
)


@pytest.mark.parametrize("path", UNKNOWN_PATHS, ids=lambda path: path[:40])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_unknown_address_is_not_found(server: Server, path: str, method: str) -> None:
    """An address without an operation is a 404 in the service's form."""
    is_error(request(method, server.url + path, b"{}"), 404, "UnknownOperationException")


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.name for one in OPERATIONS])
def test_other_methods_are_not_allowed(server: Server, operation: Operation) -> None:
    """An address answers to the methods of its operations alone, before it looks at a token."""
    path = operation.path.replace("{", "").replace("}", "")
    known = {other.method for other in OPERATIONS if other.path == operation.path}
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH", "PROPFIND"} - known:
        answer = request(method, server.url + path, b"")
        is_error(answer, 405, "MethodNotAllowedException")
        assert operation.name in answer.json["Message"]


def test_answer_to_head_has_no_body(server: Server) -> None:
    """HEAD is refused like any other method, without a body that nobody would read."""
    answer = request("HEAD", server.url + START)
    judge(answer.status, answer.headers, answer.body, headless=True)
    assert (answer.status, answer.body) == (405, b"")


def test_method_that_no_parser_knows_is_malformed(server: Server) -> None:
    """A word in the place of a method is answered in the service's form as well."""
    received = exchange(server.url, [b"BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n"])
    is_error(first_answer(received), 400, "ValidationException")


def test_body_of_10_mb_is_refused_once_it_is_announced(server: Server) -> None:
    """Nobody has to send what will not be read."""
    head = f"POST {START} HTTP/1.1\r\nHost: x\r\nContent-Length: {TEN_MB}\r\n\r\n"
    answer = first_answer(exchange(server.url, [head.encode()]))
    is_error(answer, 413, "RequestEntityTooLargeException")


def test_client_that_sends_10_mb_gets_its_answer(chat: Chat) -> None:
    """A client that writes all before it reads still learns why, not just that the line broke."""
    body = b'{"AttachmentName":"' + b"a" * TEN_MB + b'"}'
    answer = chat.call("start-attachment-upload", body)
    is_error(answer, 413, "RequestEntityTooLargeException")
    assert chat.start_upload().status == 200


@pytest.mark.parametrize(
    ("known", "status", "code"),
    [(True, 413, "RequestEntityTooLargeException"), (False, 403, "AccessDeniedException")],
    ids=["participant", "stranger"],
)
def test_chunked_body_of_10_mb_is_refused(
    chat: Chat, *, known: bool, status: int, code: str
) -> None:
    """Without an announced length the bytes are counted as they come; a stranger's not at all."""
    bearer = chat.connection_token if known else "nobody"
    lines = ("Host: x", f"X-Amz-Bearer: {bearer}", "Transfer-Encoding: chunked")
    head = "\r\n".join([f"POST {START} HTTP/1.1", *lines, "", ""]).encode()
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    pieces = [head, *[chunk] * (TEN_MB // 0x10000), b"0\r\n\r\n"]
    is_error(first_answer(exchange(chat.server.url, pieces)), status, code)


def test_body_at_the_bound_is_read(chat: Chat) -> None:
    """256 KiB are read, one byte more is not."""
    body = b'{"X":"' + b"a" * (256 * 1024 - 8) + b'"}'
    assert len(body) == 256 * 1024
    is_error(chat.call("start-attachment-upload", body), 400, "ValidationException")
    more = body + b" "
    is_error(chat.call("start-attachment-upload", more), 413, "RequestEntityTooLargeException")


def test_headers_that_never_end_are_refused(server: Server) -> None:
    """A head is refused at its bound, whether it grows by lines or in one line."""

    def growing(line: bytes) -> Iterator[bytes]:
        yield b"POST /participant/event HTTP/1.1\r\nHost: x\r\n"
        for _ in range(10_000):
            yield line

    for line in (b"X-More: " + b"a" * 100 + b"\r\n", b"X" * 100):
        answer = first_answer(exchange(server.url, growing(line)))
        is_error(answer, 413, "RequestEntityTooLargeException")


def test_headers_that_stop_coming_are_hung_up_on() -> None:
    """Half a head holds a connection for a bounded time only, and gets no answer."""
    bounds = Bounds(head_seconds=0.2, interval=0.05)
    with Server(log=io.BytesIO(), bounds=bounds) as server:
        half = [b"POST /participant/event HTTP/1.1\r\nX-Half: "]
        assert exchange(server.url, half, then_end=False) == b""


COMPLETE_BODIES = {
    "no ids": {},
    "an empty list": {"AttachmentIds": []},
    "two ids": {"AttachmentIds": ["one", "two"]},
    "two equal ids": {"AttachmentIds": ["one", "one"]},
    "an empty id": {"AttachmentIds": [""]},
    "an id of 257 characters": {"AttachmentIds": ["a" * 257]},
    "a bare id": {"AttachmentIds": "one"},
    "a number": {"AttachmentIds": [1]},
    "null": {"AttachmentIds": [None]},
    "an empty client token": {"AttachmentIds": ["one"], "ClientToken": ""},
}


@pytest.mark.parametrize("body", COMPLETE_BODIES.values(), ids=COMPLETE_BODIES.keys())
def test_complete_takes_exactly_one_id(chat: Chat, body: dict[str, object]) -> None:
    """SDKs let two ids through; the service does not."""
    is_error(chat.call("complete-attachment-upload", body), 400, "ValidationException")


def test_two_real_ids_complete_neither(chat: Chat) -> None:
    """A refused batch leaves both uploads as they were."""
    started = [chat.start_upload() for _ in range(2)]
    for one in started:
        assert chat.upload(one).status == 200
    ids = [one.json["AttachmentId"] for one in started]
    both = chat.call("complete-attachment-upload", {"AttachmentIds": ids})
    is_error(both, 400, "ValidationException")
    assert [chat.complete(one).status for one in ids] == [200, 200]


@pytest.mark.parametrize("seconds", [0, 4, 301, -1, 10**20, 7.5, "60", True])
def test_lifetime_of_a_download_is_bounded(chat: Chat, seconds: object) -> None:
    """A URL for reading lives 5 to 300 whole seconds."""
    body = {"AttachmentId": chat.attach(), "UrlExpiryInSeconds": seconds}
    is_error(chat.call("attachment", body), 400, "ValidationException")


NOT_OF_FILES = sorted(
    one.path.removeprefix("/participant/")
    for one in PARTICIPANT
    if one.name in {"GetTranscript", "SendEvent", "SendMessage", "GetAuthenticationUrl"}
)


@pytest.mark.parametrize("path", NOT_OF_FILES)
def test_bad_input_of_every_operation_is_a_validation_error(chat: Chat, path: str) -> None:
    """Whether an operation is served or not, malformed input to it is told first."""
    is_error(chat.call(path, b"{"), 400, "ValidationException")
    is_error(chat.call(path, b"[1]"), 400, "ValidationException")


class TestOrder:
    """Route, size, token, input, quota, state: each check hides all that come behind it."""

    def test_route_before_size(self, server: Server) -> None:
        """Where nothing lives, nothing can be too large."""
        head = f"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: {TEN_MB}\r\n\r\n".encode()
        answer = first_answer(exchange(server.url, [head]))
        is_error(answer, 404, "UnknownOperationException")

    def test_method_before_size_and_token(self, server: Server) -> None:
        """A wrong method is told to anyone."""
        head = f"PUT {START} HTTP/1.1\r\nHost: x\r\nContent-Length: {TEN_MB}\r\n\r\n".encode()
        answer = first_answer(exchange(server.url, [head]))
        is_error(answer, 405, "MethodNotAllowedException")

    def test_size_before_token(self, server: Server) -> None:
        """A body too large is refused whoever sends it."""
        answer = post(server, START, b" " * 300_000, **{"x-amz-bearer": "nonsense"})
        is_error(answer, 413, "RequestEntityTooLargeException")

    def test_token_before_input(self, server: Server) -> None:
        """Strangers learn nothing of what is wrong with their input."""
        answer = post(server, START, b"{", **{"x-amz-bearer": "nonsense"})
        is_error(answer, 403, "AccessDeniedException")

    def test_signature_before_input(self, server: Server) -> None:
        """On the control plane likewise."""
        answer = request("PUT", f"{server.url}/contact/chat", b"{")
        is_error(answer, 403, "MissingAuthenticationTokenException")

    def test_input_before_quota_and_a_repeat_before_both(self) -> None:
        """In a full contact bad input is 400, good input 402, and a remembered token 200."""
        with Server(log=io.BytesIO(), attachments_per_contact="1") as small:
            chat = small.start_chat()
            first = chat.start_upload(ClientToken="first")
            is_error(chat.start_upload("a.exe"), 400, "ValidationException")
            is_error(chat.start_upload(), 402, "ServiceQuotaExceededException")
            again = chat.start_upload(ClientToken="first")
            assert again.json["AttachmentId"] == first.json["AttachmentId"]
            assert chat.upload(again).status == 200
            assert chat.complete(first.json["AttachmentId"], "once").status == 200
            is_error(chat.start_upload(), 402, "ServiceQuotaExceededException")

    def test_a_repeat_before_state(self, chat: Chat) -> None:
        """Of a completed attachment the same token gets 200 again, any other 409."""
        started = chat.start_upload()
        attachment_id = started.json["AttachmentId"]
        assert chat.upload(started).status == 200
        assert chat.complete(attachment_id, "once").status == 200
        assert chat.complete(attachment_id, "once").status == 200
        is_error(chat.complete(attachment_id, "other"), 409, "ConflictException")
        is_error(chat.complete(attachment_id), 409, "ConflictException")
        is_error(chat.complete(attachment_id, ""), 400, "ValidationException")
