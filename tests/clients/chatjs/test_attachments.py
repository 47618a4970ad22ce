"""Files that travel through unmodified amazon-connect-chatjs in Chromium."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route

from openparticipant.limits import ATTACHMENT_SIZE, UPLOAD_URL_LIFETIME
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.clients.chatjs.business import Business, Meeting
from tests.clients.chatjs.seat import Refused, Seat, fingerprint
from tests.contents.filler import filled
from tests.engines.clamd import EICAR

_PUT = "**/attachments/**"


@pytest.fixture(scope="module")
def clock() -> SettableClock:
    """Return a clock that begins with the browser's."""
    return SettableClock(time.time_ns() // 1_000_000)


@pytest.fixture(scope="module")
def strict(clock: SettableClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that takes two attachments a chat, on a clock of its own."""
    with (
        (tmp_path_factory.mktemp("strict") / "log").open("wb") as log,
        Server(clock=clock, log=log, attachments_per_contact="2") as server,
    ):
        yield server


@pytest.fixture
def strict_meeting(business: Business, strict: Server) -> Iterator[Meeting]:
    """Return a chat with a customer and an agent on that server."""
    with business.meeting(strict) as met:
        yield met


def test_files_go_both_ways(meeting_by_any_scheme: Meeting, tmp_path: Path) -> None:
    """Sender and receiver get the item, under the exact name, and the same bytes back."""
    customer, agent = meeting_by_any_scheme.customer, meeting_by_any_scheme.agent
    for name, content_type, size in (
        ("my räport (1).txt", "text/plain", 14),
        ("Größe 👩‍👩‍👧.pdf", "application/pdf", 70_000),
        ("dot.txt", "text/plain", 1),
        ("pixel.png", "image/png", 70),
        ("long.mp4", "video/mp4", 5_000_000),
    ):
        for sender, receiver in ((customer, agent), (agent, customer)):
            file = tmp_path / name
            file.write_bytes(filled(name.rpartition(".")[2], size))
            sender.attach(file)
            (shown,) = sender.saw("onMessage", Type="ATTACHMENT")["Attachments"]
            item = receiver.saw("onMessage", Type="ATTACHMENT")
            assert (item["ParticipantRole"], item["Attachments"]) == (sender.role, [shown])
            assert (shown["AttachmentName"], shown["ContentType"]) == (name, content_type)
            assert shown["Status"] == "APPROVED"
            for seat in (sender, receiver):
                got = seat.do("downloadAttachment", {"attachmentId": shown["AttachmentId"]})
                assert got == {"type": content_type, **fingerprint(file)}


def test_malware_is_told_to_its_sender_alone(
    business: Business, clamd: str, tmp_path: Path
) -> None:
    """By an item with the Status REJECTED, for which the stock widget has a text of its own."""
    with (
        (tmp_path / "log").open("wb") as log,
        Server(log=log, scanner=clamd) as server,
        business.meeting(server) as met,
    ):
        for name, content, status in (
            ("bad.txt", EICAR, "REJECTED"),
            ("good.txt", b"x", "APPROVED"),
        ):
            file = tmp_path / name
            file.write_bytes(content)
            met.customer.attach(file)
            (shown,) = met.customer.saw("onMessage", Type="ATTACHMENT")["Attachments"]
            assert (shown["AttachmentName"], shown["Status"]) == (name, status)
            if status == "REJECTED":
                with pytest.raises(Refused) as refused:
                    met.customer.do("downloadAttachment", {"attachmentId": shown["AttachmentId"]})
                assert refused.value.error["statusCode"] == 400
        (seen,) = met.agent.saw("onMessage", Type="ATTACHMENT")["Attachments"]
        assert seen["AttachmentName"] == "good.txt"
        assert met.agent.count("onMessage") == 1


def _refusal(seat: Seat, file: Path, size: int = 14) -> Any:
    file.write_bytes(bytes(size))
    with pytest.raises(Refused) as refused:
        seat.attach(file)
    return refused.value.error


def test_files_that_may_not_be_sent_are_refused_before_the_put(
    meeting: Meeting, tmp_path: Path
) -> None:
    """Type and size are judged by StartAttachmentUpload; its sentence is what a chat page shows."""
    customer = meeting.customer
    refused = {"type": "ValidationException", "statusCode": 400, "name": None}
    assert _refusal(customer, tmp_path / "run.exe") == {
        **refused,
        "message": "Files of type .exe cannot be attached.",
    }
    assert _refusal(customer, tmp_path / "big.mp4", ATTACHMENT_SIZE + 1) == {
        **refused,
        "message": "Files cannot exceed 20 MB.",
    }
    assert _refusal(customer, tmp_path / "empty.txt", 0)["type"] == "ValidationException"
    assert _refusal(customer, tmp_path / "no extension")["type"] == "ValidationException"
    assert set(customer.calls[1:]) == {"start-attachment-upload"}


def test_one_file_too_many_is_refused_by_name(strict_meeting: Meeting, tmp_path: Path) -> None:
    """The stock chat widget shows a text of its own for ServiceQuotaExceededException."""
    file = tmp_path / "a.txt"
    file.write_bytes(b"hello")
    for _ in range(2):
        strict_meeting.customer.attach(file)
    error = _refusal(strict_meeting.customer, file)
    assert (error["type"], error["statusCode"]) == ("ServiceQuotaExceededException", 402)


def _expired(route: Route, clock: SettableClock) -> None:
    clock.advance(UPLOAD_URL_LIFETIME)
    route.continue_()


def test_refused_put_is_told_by_complete(
    strict_meeting: Meeting, clock: SettableClock, tmp_path: Path
) -> None:
    """The PUT's status is not looked at by chatjs; what its promise rejects with is from Complete."""
    customer = strict_meeting.customer
    statuses: list[int] = []
    customer.page.on(
        "response",
        lambda answer: statuses.append(answer.status) if answer.request.method == "PUT" else None,
    )
    for answer in (
        lambda route: route.continue_(headers={**route.request.headers, "x-amz-acl": "private"}),
        lambda route: _expired(route, clock),
    ):
        customer.page.route(_PUT, answer)
        error = _refusal(customer, tmp_path / "a.txt")
        customer.page.unroute(_PUT)
        assert (error["type"], error["statusCode"]) == ("ValidationException", 400)
        assert error["message"] == "The file has not been uploaded yet."
    assert statuses == [403, 403]

    customer.page.route(_PUT, lambda route: route.abort())
    error = _refusal(customer, tmp_path / "a.txt")
    assert (error["name"], error["message"]) == ("TypeError", "Failed to fetch")
    assert customer.calls.count("complete-attachment-upload") == 2
    assert strict_meeting.agent.count("onMessage") == 0
