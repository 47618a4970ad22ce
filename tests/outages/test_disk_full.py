"""A server whose own disk is full: what goes on, who waits, and that it ends by itself."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from openparticipant.testing.server import Server
from tests.eventually import eventually
from tests.outages.test_database_away import connect, is_degraded, readiness
from tests.small_disk import fill_up, small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of eight megabytes."""
    (place := tmp_path / "disk").mkdir()
    with small_disk(place, "size=8m") as disk:
        yield disk


def test_a_full_disk_holds_what_writes(disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Who reads is served, who connects is held, all others are told after two seconds."""
    with Server(disk / "data") as server, ThreadPoolExecutor(4) as clients:
        chat = server.start_chat()
        attached = chat.attach()
        with chat.listen() as listener:
            ballast = fill_up(disk)
            # The log of the database has a little room left, which many may share.
            large = "x" * 1000
            assert eventually(lambda: chat.say(large).status == 500)
            assert readiness(server)["status"] == "degraded"
            assert chat.transcript().status == 200

            def is_not_recorded() -> bool:
                assert chat.download(attached).body == b"hello"
                return f"not in the audit: a download of attachment {attached}" in caplog.text

            assert eventually(is_not_recorded)
            assert listener.ask({"topic": "aws/heartbeat"}) == {"topic": "aws/heartbeat"}
            waiting = [clients.submit(connect, chat) for _ in range(3)]
            assert chat.say(large).status == 500
            assert not any(one.done() for one in waiting)

            ballast.unlink()

            assert {one.result().status for one in waiting} == {200}
            assert eventually(lambda: not is_degraded(server))
            said = chat.say("after").json["Id"]
            while listener.item()["Id"] != said:
                pass


def test_a_full_disk_of_objects_is_told_to_the_person(disk: Path, tmp_path: Path) -> None:
    """The upload is a 503, the Complete says what is missing, and both may be repeated."""
    with Server(tmp_path / "data", objects=f"file://{disk}/objects") as server:
        chat = server.start_chat()
        started = chat.start_upload()
        ballast = fill_up(disk)
        assert eventually(lambda: is_degraded(server))
        assert readiness(server)["reasons"] == ["objects: the disk is full"]
        assert chat.upload(started).status == 503
        completed = chat.complete(started.json["AttachmentId"])
        assert (completed.status, completed.error) == (400, "ValidationException")
        assert b"not been uploaded" in completed.body
        ballast.unlink()
        assert chat.upload(started).status == 200
        assert chat.complete(started.json["AttachmentId"]).status == 200
        assert eventually(lambda: readiness(server) == {"status": "ready"})
