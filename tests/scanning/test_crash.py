"""A server that is killed while a file is scanned."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from tests.crash.ledger import Upload
from tests.crash.line import Line
from tests.crash.load import begin
from tests.crash.rounds import control_key
from tests.eventually import eventually
from tests.scanning.judge import Judge
from tests.serve_process import ServeProcess


def sent(line: Line, upload: Upload) -> str:
    """Send a file in a chat of its own, as far as Complete; return the connection token."""
    token = begin(line).connection_token
    started = line.participant("start-attachment-upload", token, upload.proposal()).expect(200)
    upload.attachment_id = started.json["AttachmentId"]
    metadata = started.json["UploadMetadata"]
    url, headers = metadata["Url"], metadata["HeadersToInclude"]
    line.presigned("PUT", url, upload.content, headers).expect(200)
    line.participant("complete-attachment-upload", token, upload.completion()).expect(200)
    return token


def test_an_orderly_end_gives_scans_back(
    tmp_path: Path, scanner: Judge, clock: SettableClock
) -> None:
    """Another node of the database need not wait until the lease is over."""
    with Server(tmp_path, clock=clock, log=io.BytesIO(), scanner=scanner.url) as server:
        server.start_chat().attach()
        scanner.question()
    with closing(sqlite3.connect(tmp_path / "openparticipant.sqlite3")) as database:
        ((due_at, tries),) = database.execute("SELECT due_at, tries FROM scans")

    assert (due_at, tries) == (clock.now(), 0)


@pytest.mark.parametrize("is_approved", [True, False], ids=["approved", "rejected"])
def test_a_kill_in_the_middle_of_a_scan(
    tmp_path: Path, scanner: Judge, *, is_approved: bool
) -> None:
    """The file is scanned again after the start; there is one item, and one verdict."""
    data_dir, log = tmp_path / "data", tmp_path / "log"
    upload = Upload("a.txt", 5, 1)
    with (
        ServeProcess(data_dir, "--scanner", scanner.url, log=log) as server,
        closing(Line(server.url, control_key(data_dir))) as line,
    ):
        token = sent(line, upload)
        scanner.question()
        server.kill()
        server.reap()
    with ServeProcess(data_dir, "--scanner", scanner.url, log=log) as server:
        with closing(Line(server.url, control_key(data_dir))) as line:
            assert scanner.question()["FileId"] == upload.attachment_id
            # One of the two answers is for a server that is no more.
            for _ in range(2):
                (scanner.approve if is_approved else scanner.reject)()

            def shown() -> list[str]:
                answer = line.participant("transcript", token, {"MaxResults": 100}).expect(200)
                items = [it for it in answer.json["Transcript"] if it["Type"] == "ATTACHMENT"]
                return [it["Attachments"][0]["Status"] for it in items]

            assert eventually(lambda: bool(shown()))
            assert shown() == ["APPROVED" if is_approved else "REJECTED"]
            again = line.participant("complete-attachment-upload", token, upload.completion())
            again.expect(200)
            assert len(shown()) == 1
        assert server.terminate() == 0
    kept = [it for it in (data_dir / "objects").rglob("*.txt") if it.is_file()]
    assert len(kept) == is_approved
