"""Nothing that a scanner has not approved reaches anybody."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from openparticipant.limits import MIB, MINUTE, SECOND
from openparticipant.system import SystemClock
from openparticipant.testing.clock import START
from tests.engines.clamd import EICAR, ClamdServer
from tests.engines.s3 import S3Server
from tests.promises.place import opened, send
from tests.promises.promise import promise
from tests.scanners.hooks import hook
from tests.scanning.judge import comes_to_rest, held, judge, pair, passing, readiness


def now(bucket: S3Server | None) -> int:
    """Return the time that a server on this store goes by."""
    return SystemClock().now() if bucket else START


@promise(16)
def test_nothing_is_readable_before_the_verdict(bucket: S3Server | None) -> None:
    """Not by its sender, not by its URL, not by the key under which it will lie."""
    with (
        judge() as scanner,
        opened(bucket, now(bucket), scanner=scanner.url) as place,
        pair(place.server) as met,
    ):
        upload = place.invite(met.customer)
        assert upload.put().status == 200
        assert upload.complete().status == 200
        scanner.question()
        for viewer in (met.customer, met.agent):
            got = viewer.call("attachment", {"AttachmentId": upload.attachment_id})
            assert (got.status, got.error) == (400, "ValidationException")
            assert met.seen(viewer) == []
        origin, _, _ = upload.url.partition("/connect/")
        for name in place.objects_of(upload.attachment_id):
            path = name if name.startswith("/") else f"/{name}"
            assert send("GET", origin + path, {}).status in {403, 404}
        assert send("GET", upload.url, {}).status in {403, 405}
        scanner.approve()
        assert comes_to_rest(place.server)
        assert met.agent.download(upload.attachment_id).body == b"hello"


@promise(17)
def test_malware_reaches_nobody(bucket: S3Server | None, clamd: str) -> None:
    """Clamd finds the test file of EICAR: its sender is told, others see nothing, its bytes are gone."""
    with opened(bucket, now(bucket), scanner=clamd) as place, pair(place.server) as met:
        bad = met.send(EICAR)
        assert comes_to_rest(place.server)
        assert met.seen(met.customer) == [(bad, "REJECTED")]
        assert met.seen(met.agent) == []
        assert len(met.heard(met.to_customer)) == 1
        assert met.heard(met.to_agent) == []
        for viewer in (met.customer, met.agent):
            assert viewer.call("attachment", {"AttachmentId": bad}).status == 400
        assert place.objects_of(bad) == []
        good = met.send(b"good")
        assert comes_to_rest(place.server)
        assert met.agent.download(good).body == b"good"


@promise(18)
def test_a_scanner_that_is_down_approves_nothing(bucket: S3Server | None) -> None:
    """The file is held, readiness says why, and with AWS's preset it is rejected after a minute."""
    with ExitStack() as up:
        hooked = up.enter_context(hook())
        place = up.enter_context(opened(bucket, now(bucket), scanner=hooked.url, scan_hold="aws"))
        met = up.enter_context(pair(place.server))
        hooked.status = 503
        sent = met.send()
        assert held(place.server, place.clock)
        assert readiness(place.server)["status"] == "degraded"
        assert met.seen(met.customer) == met.seen(met.agent) == []
        with passing(place.clock):
            place.clock.advance(MINUTE + SECOND)
            assert comes_to_rest(place.server)
        assert met.seen(met.customer) == [(sent, "REJECTED")]
        assert met.seen(met.agent) == []
        assert place.objects_of(sent) == []


@promise(18)
def test_an_answer_that_is_none_approves_nothing(bucket: S3Server | None) -> None:
    """Whatever a scanner says that is not its word for yes."""
    said = [b"", b"OK", b"{}", b'{"Status": "approved"}', b'{"Status": true}', b"[1]", b"\xff"]
    with (
        hook() as hooked,
        opened(bucket, now(bucket), scanner=hooked.url) as place,
        pair(place.server) as met,
    ):
        for body in said:
            hooked.body = body
            met.send()
            assert held(place.server, place.clock) or comes_to_rest(place.server)
        assert all(status != "APPROVED" for _, status in met.seen(met.customer))
        assert met.seen(met.agent) == []


@promise(19)
def test_what_no_scanner_takes_is_refused_at_the_start(tmp_path: Path) -> None:
    """A file beyond the scanner's limit is never taken, let alone passed."""
    with ClamdServer(tmp_path, largest="1M") as clamd:
        scanner = f"{clamd.url}?max-size={MIB}"
        with opened(None, START, scanner=scanner, attachment_size="104857600") as place:
            chat = place.server.start_chat()
            small = chat.start_upload(AttachmentSizeInBytes=MIB)
            large = chat.start_upload(AttachmentSizeInBytes=MIB + 1)
            assert small.status == 200
            assert (large.status, large.error) == (400, "ValidationException")
            assert large.json["Message"] == "Files cannot exceed 1 MB."
